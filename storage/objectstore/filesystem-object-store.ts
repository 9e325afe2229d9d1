import path from 'node:path';
import { messageOf, SkaldError, systemErrorCode } from '../../src/common/errors.ts';
import type { FileSystem } from '../../src/common/runtime.ts';
import { checkKey, checkPrefix } from './keys.ts';
import type { GetRangeSync, ObjectInfo, ObjectStore } from './object-store.ts';

/** Suffix of files that are still being written; no key ends like this. */
const TEMPORARY = '.tmp';

/** Objects as files below one directory; a key's components are directory names. */
export class FilesystemObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #files: FileSystem;
  /** Directories whose names are known to be durable. */
  readonly #directories = new Set<string>();

  constructor(root: string, files: FileSystem) {
    this.#root = path.resolve(root);
    this.#files = files;
  }

  readonly getRangeSync: GetRangeSync = (key, offset, length, target) => {
    const file = this.#fileOf(key);
    try {
      return this.#files.readRangeSync(file, offset, length, target);
    } catch (error) {
      throw storeError('read', key, error);
    }
  };

  async get(key: string): Promise<Uint8Array> {
    const file = this.#fileOf(key);
    try {
      return await this.#files.readFile(file);
    } catch (error) {
      throw storeError('read', key, error);
    }
  }

  async getRange(key: string, offset: number, length: number): Promise<Uint8Array> {
    const file = this.#fileOf(key);
    try {
      const opened = await this.#files.open(file, 'r');
      try {
        const target = new Uint8Array(length);
        return target.subarray(0, await opened.read(target, offset));
      } finally {
        await opened.close();
      }
    } catch (error) {
      throw storeError('read', key, error);
    }
  }

  async put(key: string, parts: readonly Uint8Array[]): Promise<void> {
    const file = this.#fileOf(key);
    try {
      await this.#write(file, parts, true);
      // A kept descriptor would still show the object that was replaced.
      this.#files.forget(file);
    } catch (error) {
      throw storeError('write', key, error);
    }
  }

  async putIfAbsent(key: string, parts: readonly Uint8Array[]): Promise<boolean> {
    const file = this.#fileOf(key);
    try {
      await this.#write(file, parts, false);
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw storeError('write', key, error);
    }
  }

  async list(prefix: string): Promise<readonly ObjectInfo[]> {
    checkPrefix(prefix);
    const found: ObjectInfo[] = [];
    try {
      await this.#collect(prefix, found);
    } catch (error) {
      throw storeError('list', prefix, error);
    }
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  async listFolders(prefix: string): Promise<readonly string[]> {
    checkPrefix(prefix);
    try {
      const entries = await this.#files.list(path.join(this.#root, prefix));
      const folders: string[] = [];
      for (const { name, isDirectory } of entries) {
        if (isDirectory && (await this.#holdsObjects(`${prefix}${name}/`))) folders.push(name);
      }
      return folders.sort();
    } catch (error) {
      throw storeError('list', prefix, error);
    }
  }

  async delete(key: string): Promise<void> {
    const file = this.#fileOf(key);
    try {
      await this.#files.remove(file);
    } catch (error) {
      throw storeError('delete', key, error);
    }
  }

  #fileOf(key: string): string {
    checkKey(key);
    return path.join(this.#root, key);
  }

  async #write(file: string, parts: readonly Uint8Array[], replace: boolean): Promise<void> {
    const directory = path.dirname(file);
    await this.#ensureDirectory(directory);
    try {
      await this.#files.writeFileDurable(file, parts, { replace });
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') throw error;
      // Somebody removed the directory behind our back.
      this.#directories.clear();
      await this.#ensureDirectory(directory);
      await this.#files.writeFileDurable(file, parts, { replace });
    }
  }

  /** Makes the directory and the names of it and all its parents up to the root durable. */
  async #ensureDirectory(directory: string): Promise<void> {
    if (this.#directories.has(directory)) return;
    await this.#files.makeDirectory(directory);
    const inside = path.relative(this.#root, directory).split(path.sep);
    for (let depth = 0; depth < inside.length; depth++) {
      await this.#files.syncDirectory(path.join(this.#root, ...inside.slice(0, depth)));
    }
    this.#directories.add(directory);
  }

  async #collect(prefix: string, found: ObjectInfo[]): Promise<void> {
    for (const { name, isDirectory } of await this.#files.list(path.join(this.#root, prefix))) {
      const key = `${prefix}${name}`;
      if (isDirectory) await this.#collect(`${key}/`, found);
      else if (!name.endsWith(TEMPORARY)) {
        const sizeBytes = await this.#files.sizeOf(path.join(this.#root, key));
        if (sizeBytes !== null) found.push({ key, sizeBytes });
      }
    }
  }

  /** Deleting objects leaves empty directories behind, which are not folders. */
  async #holdsObjects(prefix: string): Promise<boolean> {
    for (const { name, isDirectory } of await this.#files.list(path.join(this.#root, prefix))) {
      if (isDirectory ? await this.#holdsObjects(`${prefix}${name}/`) : !name.endsWith(TEMPORARY)) return true;
    }
    return false;
  }
}

function storeError(action: string, key: string, error: unknown): SkaldError {
  if (error instanceof SkaldError) return error;
  if (systemErrorCode(error) === 'ENOENT') {
    return new SkaldError('not_found', `Cannot ${action} object "${key}": it does not exist`, { cause: error });
  }
  return new SkaldError('unavailable', `Cannot ${action} object "${key}": ${messageOf(error)}`, { cause: error });
}
