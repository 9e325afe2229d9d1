import { unreachable } from '../src/common/assert.ts';
import { formatBytes, parseBytes } from '../src/common/bytes.ts';
import { formatGoDuration } from '../src/common/duration.ts';
import { formatFloat } from '../src/common/go-number.ts';
import { goQuote } from '../src/common/go-quote.ts';
import type { LabelPredicate } from './ast.ts';

/** The text of a label filter. Every `and` and `or` has its own parentheses; `and` is printed as a comma. */
export function printPredicate(predicate: LabelPredicate): string {
  switch (predicate.kind) {
    case 'And':
      return `( ${printPredicate(predicate.left)} , ${printPredicate(predicate.right)} )`;
    case 'Or':
      return `( ${printPredicate(predicate.left)} or ${printPredicate(predicate.right)} )`;
    case 'StringComparison':
      return `${predicate.matcher.name}${predicate.matcher.op}${goQuote(predicate.matcher.value)}`;
    case 'NumberComparison':
      return `${predicate.name}${predicate.op}${printQuantity(predicate.value)}`;
    case 'DurationComparison':
      return `${predicate.name}${predicate.op}${formatGoDuration(predicate.valueNs)}`;
    case 'BytesComparison':
      return `${predicate.name}${predicate.op}${printBytes(predicate.valueBytes)}`;
    case 'IpComparison':
      return `${predicate.name}${predicate.op}ip(${goQuote(predicate.pattern)})`;
    default:
      return unreachable(predicate);
  }
}

/** `-0` would be read as a duration. */
function printQuantity(value: number): string {
  return Object.is(value, -0) ? '-0.0' : formatFloat(value);
}

/**
 * The short form for people if it says the same (`20MB`), else the exact number of bytes. `0B` would be read as the
 * beginning of a binary number.
 */
function printBytes(bytes: number): string {
  if (bytes === 0) return '0KB';
  const short = formatBytes(bytes).replace(' ', '').replace('kB', 'KB');
  return parseBytes(short) === bytes ? short : `${formatFloat(bytes)}B`;
}
