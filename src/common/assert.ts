/** A broken invariant: only a bug causes it. Never thrown for bad input, bad bytes or a failing network. */
export class AssertionError extends Error {
  override name = 'AssertionError';
}

/** Throws an AssertionError unless `condition` holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The end of an exhaustive switch: compiles only when every kind has been handled. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${JSON.stringify(value)}`);
}

/** `value`, which the caller knows to be there. */
export function must<T>(value: T | null | undefined, message = 'value is missing'): T {
  if (value === null || value === undefined) throw new AssertionError(message);
  return value;
}
