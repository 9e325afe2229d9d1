import { nodeRuntime } from '../../../src/common/node-runtime.ts';
import type { File, FileSystem, Runtime } from '../../../src/common/runtime.ts';

/** Throws to make an operation fail. `bytes` is what a write was asked to write. */
export type Fault = (operation: 'write' | 'datasync' | 'truncate' | 'create', path: string, bytes: number) => void;

export function diskError(code: 'ENOSPC' | 'EIO'): Error {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** The real file system with counters, and faults where a test asks for them. */
export class FaultFiles {
  fault: Fault = () => undefined;
  syncCount = 0;
  /** Part of the bytes of a failing write that still reach the file. */
  tornFraction = 0;
  readonly runtime: Runtime;

  constructor(base: Runtime = nodeRuntime) {
    this.runtime = { ...base, files: this.#wrap(base.files) };
  }

  #wrap(base: FileSystem): FileSystem {
    return {
      open: async (path, mode) => this.#wrapFile(path, await base.open(path, mode)),
      readFile: (path) => base.readFile(path),
      readRangeSync: (path, offset, length, target) => base.readRangeSync(path, offset, length, target),
      forget: (path) => base.forget(path),
      writeFileDurable: async (path, parts, options) => {
        this.fault('create', path, 0);
        await base.writeFileDurable(path, parts, options);
      },
      makeDirectory: (path) => base.makeDirectory(path),
      list: (path) => base.list(path),
      sizeOf: (path) => base.sizeOf(path),
      remove: (path) => base.remove(path),
      rename: (from, to) => base.rename(from, to),
      syncDirectory: (path) => base.syncDirectory(path),
      freeBytes: (path) => base.freeBytes(path),
    };
  }

  #wrapFile(path: string, file: File): File {
    return {
      read: (target, position) => file.read(target, position),
      write: async (parts, position) => {
        const bytes = Buffer.concat(parts);
        try {
          this.fault('write', path, bytes.length);
        } catch (error) {
          await file.write([bytes.subarray(0, Math.floor(bytes.length * this.tornFraction))], position);
          throw error;
        }
        await file.write(parts, position);
      },
      datasync: async () => {
        this.fault('datasync', path, 0);
        this.syncCount += 1;
        await file.datasync();
      },
      truncate: async (sizeBytes) => {
        this.fault('truncate', path, 0);
        await file.truncate(sizeBytes);
      },
      size: () => file.size(),
      close: () => file.close(),
    };
  }
}
