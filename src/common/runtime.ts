/**
 * The only door to clock, randomness, timers and files. Code takes the part it needs as an argument; production wires
 * `nodeRuntime` (node-runtime.ts), tests and the simulation wire their own.
 */
export interface Clock {
  /** Wall clock, nanoseconds since the epoch. */
  nowNs(): bigint;
  /** Wall clock, milliseconds since the epoch. */
  nowMs(): number;
  /** Monotonic milliseconds with fraction, for durations. */
  monotonicMs(): number;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** `count` random bytes. */
  bytes(count: number): Uint8Array;
}

export interface Timers {
  /** Calls once after `delayMs`; the returned function cancels it. Does not keep the process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls every `periodMs`; the returned function stops it. Does not keep the process alive. */
  every(periodMs: number, callback: () => void): () => void;
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface FileInfo {
  readonly name: string;
  readonly isDirectory: boolean;
}

/** An open file. Positions are absolute; nothing here moves a shared cursor. */
export interface File {
  /** Reads into `target`, fully unless the file ends; returns the bytes read. */
  read(target: Uint8Array, position: number): Promise<number>;
  /** Writes all of `parts`, one after another, from `position` on. */
  write(parts: readonly Uint8Array[], position: number): Promise<void>;
  /** Data (and size) on disk when it resolves. */
  datasync(): Promise<void>;
  truncate(sizeBytes: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}

/** Errors are Node's (`code` ENOENT, ENOSPC, EACCES, ...); callers turn them into SkaldErrors with what they were doing. */
export interface FileSystem {
  /** `r`: must exist. `r+`: must exist, writable. `w+`: created or emptied. `wx+`: must not exist. */
  open(path: string, mode: 'r' | 'r+' | 'w+' | 'wx+'): Promise<File>;
  readFile(path: string): Promise<Uint8Array>;
  /**
   * Blocking read of `length` bytes at `offset` of a file that never changes after it was published; open descriptors
   * are kept. For worker threads, where a thread pool hop costs more than the read. Short only at the end of the file.
   * The bytes are in `target` if there is one; it has room for `length`.
   */
  readRangeSync(path: string, offset: number, length: number, target?: Uint8Array): Uint8Array;
  /** Forgets a descriptor that `readRangeSync` kept, if any. */
  forget(path: string): void;
  /** Writes a new file and makes it and its name durable; replaces an existing one atomically. */
  writeFileDurable(path: string, parts: readonly Uint8Array[], options: { replace: boolean }): Promise<void>;
  makeDirectory(path: string): Promise<void>;
  /** Entries sorted by name; empty when the directory does not exist. */
  list(path: string): Promise<FileInfo[]>;
  sizeOf(path: string): Promise<number | null>;
  /** No error when it does not exist. */
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Makes created and removed names of a directory durable. */
  syncDirectory(path: string): Promise<void>;
  freeBytes(path: string): Promise<number>;
}

export interface Runtime {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly files: FileSystem;
}
