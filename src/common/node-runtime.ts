import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import fsp from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { systemErrorCode } from './errors.ts';
import type { Clock, File, FileInfo, FileSystem, Random, Runtime, Timers } from './runtime.ts';

const clock: Clock = {
  nowNs: () => BigInt(Date.now()) * 1_000_000n,
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

const random: Random = {
  next: () => Math.random(),
  bytes: (count) => randomBytes(count),
};

const timers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(periodMs, callback) {
    const timer = setInterval(callback, periodMs);
    timer.unref();
    return () => clearInterval(timer);
  },
  async sleep(delayMs, signal) {
    await delay(delayMs, undefined, signal === undefined ? {} : { signal });
  },
};

class NodeFile implements File {
  readonly #handle: fsp.FileHandle;

  constructor(handle: fsp.FileHandle) {
    this.#handle = handle;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await this.#handle.read(target, done, target.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  async write(parts: readonly Uint8Array[], position: number): Promise<void> {
    let pending = parts.filter((part) => part.length > 0);
    let at = position;
    while (pending.length > 0) {
      const { bytesWritten } = await this.#handle.writev(pending, at);
      at += bytesWritten;
      pending = dropWritten(pending, bytesWritten);
    }
  }

  async datasync(): Promise<void> {
    await this.#handle.datasync();
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#handle.truncate(sizeBytes);
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** What is left of `parts` after the first `count` bytes were written. */
function dropWritten(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = count;
  for (const part of parts) {
    if (skip >= part.length) skip -= part.length;
    else {
      left.push(part.subarray(skip));
      skip = 0;
    }
  }
  return left;
}

/** Descriptors that readRangeSync keeps open, least recently used first. */
const DESCRIPTORS_MAX = 512;

class NodeFileSystem implements FileSystem {
  readonly #descriptors = new Map<string, number>();

  async open(file: string, mode: 'r' | 'r+' | 'w+' | 'wx+'): Promise<File> {
    return new NodeFile(await fsp.open(file, mode));
  }

  async readFile(file: string): Promise<Uint8Array> {
    return await fsp.readFile(file);
  }

  readRangeSync(file: string, offset: number, length: number, into?: Uint8Array): Uint8Array {
    const descriptor = this.#descriptor(file);
    const target = into?.subarray(0, length) ?? Buffer.allocUnsafeSlow(length);
    let done = 0;
    while (done < length) {
      const count = fs.readSync(descriptor, target, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return done === length ? target : target.subarray(0, done);
  }

  forget(file: string): void {
    const descriptor = this.#descriptors.get(file);
    if (descriptor === undefined) return;
    this.#descriptors.delete(file);
    fs.closeSync(descriptor);
  }

  async writeFileDurable(file: string, parts: readonly Uint8Array[], options: { replace: boolean }): Promise<void> {
    const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
    try {
      const opened = await this.open(temporary, 'wx+');
      try {
        await opened.write(parts, 0);
        await opened.datasync();
      } finally {
        await opened.close();
      }
      if (options.replace) await fsp.rename(temporary, file);
      else {
        await fsp.link(temporary, file);
        await fsp.unlink(temporary);
      }
    } catch (error) {
      await fsp.rm(temporary, { force: true });
      throw error;
    }
    await this.syncDirectory(path.dirname(file));
  }

  async makeDirectory(directory: string): Promise<void> {
    await fsp.mkdir(directory, { recursive: true });
  }

  async list(directory: string): Promise<FileInfo[]> {
    try {
      const entries = await fsp.readdir(directory, { withFileTypes: true });
      return entries
        .map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  async sizeOf(file: string): Promise<number | null> {
    try {
      return (await fsp.stat(file)).size;
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  async remove(file: string): Promise<void> {
    this.forget(file);
    await fsp.rm(file, { force: true });
  }

  async rename(from: string, to: string): Promise<void> {
    await fsp.rename(from, to);
  }

  async syncDirectory(directory: string): Promise<void> {
    const handle = await fsp.open(directory, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async freeBytes(directory: string): Promise<number> {
    const info = await fsp.statfs(directory);
    return info.bavail * info.bsize;
  }

  #descriptor(file: string): number {
    const known = this.#descriptors.get(file);
    if (known !== undefined) {
      this.#descriptors.delete(file);
      this.#descriptors.set(file, known);
      return known;
    }
    const opened = fs.openSync(file, 'r');
    this.#descriptors.set(file, opened);
    if (this.#descriptors.size > DESCRIPTORS_MAX) {
      for (const [oldest] of this.#descriptors) {
        this.forget(oldest);
        break;
      }
    }
    return opened;
  }
}

/** The real clock, randomness, timers and file system of this process. */
export const nodeRuntime: Runtime = { clock, random, timers, files: new NodeFileSystem() };

/** Runs `work` with a new directory, which is removed afterwards with everything in it. */
export async function withTemporaryDirectory<Result>(
  prefix: string,
  work: (directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = await fsp.mkdtemp(path.join(os.tmpdir(), prefix));
  try {
    return await work(directory);
  } finally {
    await fsp.rm(directory, { recursive: true, force: true });
  }
}
