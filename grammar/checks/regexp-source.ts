import { compileRegexp } from '../../src/common/regexp/compile.ts';
import type { CompiledRegexp } from '../../src/common/regexp/regexp.ts';
import { LogQLError } from '../logql-error.ts';
import { reasonOf } from './reason.ts';

/** `source` compiled; if it is no regular expression, a LogQLError whose text `wrap` makes of Go's. */
export function checkRegexp(source: string, wrap: (reason: string) => string): CompiledRegexp {
  const reason = reasonOf(() => compileRegexp(source));
  if (reason !== null) throw LogQLError.of(wrap(reason));
  return compileRegexp(source);
}
