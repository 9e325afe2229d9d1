import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { messageOf, SkaldError } from '../../common/errors.ts';

/** Holds a directory for this process. */
export interface DirectoryLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes a directory that exists, or throws SkaldError `bad_config` when a process has it. The lock is one of the operating
 * system's on an empty file, taken through SQLite because Node has no door to file locks: it ends with the process,
 * however that ends, and holds between containers that share the directory.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const file = path.join(directory, 'lock');
  const database = openLockFile(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw lockError(file, messageOf(error), error);
    throw lockError(file, 'another skald process uses this directory; stop it, or choose another directory', error);
  }
  return { release: () => database.close() };
}

function openLockFile(file: string): DatabaseSync {
  try {
    return new DatabaseSync(file, { timeout: 0 });
  } catch (error) {
    throw lockError(file, messageOf(error), error);
  }
}

function lockError(file: string, state: string, cause: unknown): SkaldError {
  return new SkaldError('bad_config', `Cannot lock "${file}": ${state}`, { cause });
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
