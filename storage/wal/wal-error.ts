import { messageOf, SkaldError, systemErrorCode } from '../../src/common/errors.ts';

/** Damaged bytes in a segment. */
export function walCorruption(file: string, offset: number, state: string): SkaldError {
  return new SkaldError('corruption', `Cannot replay WAL segment "${file}" at offset ${offset}: ${state}`);
}

/** What a write that the disk refused means for a push. */
export function walUnavailable(error: unknown, directory: string): SkaldError {
  const code = systemErrorCode(error);
  const state =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'no space left on the device'
      : `the disk refuses to write (${messageOf(error)})`;
  return new SkaldError(
    'unavailable',
    `Cannot append to the WAL in "${directory}": ${state}; nothing of this push was stored, retry later`,
    { cause: error },
  );
}
