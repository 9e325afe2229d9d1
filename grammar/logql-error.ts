import { SkaldError } from '../src/common/errors.ts';

/** Where in the query: both count from 1, columns in characters. Line 0: see fact 159. */
export interface QueryPosition {
  readonly line: number;
  readonly column: number;
}

/** A query that does not parse or does not pass its checks. The text is Loki's (fact 158). */
export class LogQLError extends SkaldError {
  override name = 'LogQLError';
  readonly line: number | undefined;
  readonly column: number | undefined;

  private constructor(message: string, position: QueryPosition | undefined, cause: unknown) {
    super('bad_query', message, { cause });
    this.line = position?.line;
    this.column = position?.column;
  }

  /** `parse error at line 1, col 9: <reason>` */
  static at(position: QueryPosition, reason: string): LogQLError {
    return new LogQLError(
      `parse error at line ${position.line}, col ${position.column}: ${reason}`,
      position,
      undefined,
    );
  }

  /** `parse error : <reason>`: what concerns a stage or the whole expression. */
  static of(reason: string, cause?: unknown): LogQLError {
    return new LogQLError(`parse error : ${reason}`, undefined, cause);
  }

  /** `<reason>`: the query is valid, but of a kind that the caller does not take (fact 164). */
  static kind(reason: string): LogQLError {
    return new LogQLError(reason, undefined, undefined);
  }
}
