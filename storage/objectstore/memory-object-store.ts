import { SkaldError } from '../../src/common/errors.ts';
import { checkKey, checkPrefix } from './keys.ts';
import type { ObjectInfo, ObjectStore } from './object-store.ts';

/** Objects in this thread's memory: for tests and for running without a disk. */
export class MemoryObjectStore implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array>();

  readonly getRangeSync = (key: string, offset: number, length: number): Uint8Array =>
    this.#find(key).subarray(offset, offset + length);

  async get(key: string): Promise<Uint8Array> {
    return this.#find(key);
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    return this.getRangeSync(key, offset, length);
  }

  async put(key: string, parts: readonly Uint8Array[]): Promise<void> {
    checkKey(key);
    this.#objects.set(key, new Uint8Array(Buffer.concat(parts)));
  }

  async putIfAbsent(key: string, parts: readonly Uint8Array[]): Promise<boolean> {
    checkKey(key);
    if (this.#objects.has(key)) return false;
    await this.put(key, parts);
    return true;
  }

  async list(prefix: string): Promise<readonly ObjectInfo[]> {
    return this.#keys(prefix).map((key) => ({ key, sizeBytes: this.#find(key).length }));
  }

  async listFolders(prefix: string): Promise<readonly string[]> {
    const folders = new Set<string>();
    for (const key of this.#keys(prefix)) {
      const slash = key.indexOf('/', prefix.length);
      if (slash >= 0) folders.add(key.slice(prefix.length, slash));
    }
    return [...folders].sort();
  }

  async delete(key: string): Promise<void> {
    checkKey(key);
    this.#objects.delete(key);
  }

  #keys(prefix: string): string[] {
    checkPrefix(prefix);
    return [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  #find(key: string): Uint8Array {
    checkKey(key);
    const object = this.#objects.get(key);
    if (object === undefined) throw new SkaldError('not_found', `Cannot read object "${key}": it does not exist`);
    return object;
  }
}
