import { getSystemErrorMessage } from 'node:util';

/**
 * What a user, a disk or a network can cause. The code is stable: logs, metrics and tests name it.
 * Its HTTP status is looked up once, at the border (`httpStatusOf`).
 */
export type ErrorCode =
  /** The request cannot be understood or is not allowed: parameters, queries, bodies. */
  | 'bad_request'
  /** LogQL that does not parse or type-check. */
  | 'bad_query'
  /** A pipeline error reached a sample (spec fact 49). */
  | 'pipeline_error'
  /** Entries refused by validation; others of the same push may have been stored. */
  | 'invalid_entries'
  /** A push without one valid stream. */
  | 'no_valid_streams'
  | 'unauthorized'
  | 'not_found'
  /** A body above a size limit. */
  | 'too_large'
  /** A rate or stream limit. */
  | 'rate_limited'
  /** A query over one of its limits (series, bytes, entries, memory). */
  | 'query_limit'
  /** The client went away. */
  | 'cancelled'
  /** The query's deadline passed. */
  | 'deadline_exceeded'
  /** Writes are refused for now: full disk, full head, shutting down. */
  | 'unavailable'
  /** Stored bytes are damaged: has file and offset in its text. */
  | 'corruption'
  /** The data was written by a newer version of skald. */
  | 'unsupported_version'
  /** Valid LogQL that this version does not run. */
  | 'not_supported'
  /** A wrong setting, flag or configuration file. */
  | 'bad_config'
  /** A query that cannot be answered for a reason in the data (many-to-many matching). */
  | 'execution'
  /** A querier worker died while it ran a query: asking again may help. */
  | 'worker_lost'
  /** Everything that was not expected. */
  | 'internal';

const STATUS: Record<ErrorCode, number> = {
  bad_request: 400,
  bad_query: 400,
  pipeline_error: 400,
  invalid_entries: 400,
  no_valid_streams: 422,
  unauthorized: 401,
  not_found: 404,
  too_large: 413,
  rate_limited: 429,
  query_limit: 400,
  cancelled: 499,
  deadline_exceeded: 504,
  unavailable: 503,
  corruption: 500,
  unsupported_version: 500,
  not_supported: 501,
  bad_config: 500,
  execution: 500,
  worker_lost: 500,
  internal: 500,
};

/** An error with a stable code. The message says action, state and expectation, and is shown to users as it is. */
export class SkaldError extends Error {
  override name = 'SkaldError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** The HTTP status of any thrown value. */
export function httpStatusOf(error: unknown): number {
  return error instanceof SkaldError ? STATUS[error.code] : 500;
}

/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A file that cannot be read, in words: `Cannot read a.log: no such file or directory`. */
export function cannotRead(file: string, error: unknown): SkaldError {
  const isSystemError = error instanceof Error && 'errno' in error && typeof error.errno === 'number';
  const reason = isSystemError ? getSystemErrorMessage(error.errno as number) : messageOf(error);
  return new SkaldError('not_found', `Cannot read ${file}: ${reason}`, { cause: error });
}

/** `error.code` of a Node system error (`ENOENT`, `ENOSPC`, ...), if it is one. */
export function systemErrorCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return undefined;
}
