import type { BytesComparison, DurationComparison, LabelPredicate, NumberComparison } from '../../grammar/ast.ts';
import { unreachable } from '../../src/common/assert.ts';
import { parseBytes } from '../../src/common/bytes.ts';
import { parseGoDuration } from '../../src/common/duration.ts';
import { messageOf, SkaldError } from '../../src/common/errors.ts';
import { parseGoFloat } from '../../src/common/go-number.ts';
import { containsIp } from './ip.ts';
import { labelTest } from './matcher-test.ts';
import type { OracleRow } from './oracle-row.ts';

type Numeric = NumberComparison | DurationComparison | BytesComparison;

/** Whether the row stays; may set an error on it (facts 109 to 117). */
export function keepsRow(predicate: LabelPredicate, row: OracleRow): boolean {
  switch (predicate.kind) {
    case 'And': {
      const left = keepsRow(predicate.left, row);
      const right = keepsRow(predicate.right, row);
      return left && right;
    }
    case 'Or':
      return keepsRow(predicate.left, row) || keepsRow(predicate.right, row);
    case 'StringComparison':
      return labelTest(predicate.matcher)(row.filterValue(predicate.matcher.name) ?? '');
    case 'IpComparison': {
      if (row.error !== null) return true;
      const value = row.filterValue(predicate.name);
      return value !== undefined && containsIp(value, predicate.pattern) === (predicate.op === '=');
    }
    default:
      return compares(predicate, row);
  }
}

function compares(predicate: Numeric, row: OracleRow): boolean {
  const text = row.filterValue(predicate.name);
  if (text === undefined) return false;
  try {
    return compareValues(predicate.op, convert(predicate, text), bound(predicate));
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    if (row.error === null) row.setError('LabelFilterErr', messageOf(error));
    return true;
  }
}

function convert(predicate: Numeric, text: string): number | bigint {
  switch (predicate.kind) {
    case 'NumberComparison':
      return parseGoFloat(text);
    case 'DurationComparison':
      return parseGoDuration(text);
    case 'BytesComparison':
      return parseBytes(text);
    default:
      return unreachable(predicate);
  }
}

function bound(predicate: Numeric): number | bigint {
  switch (predicate.kind) {
    case 'NumberComparison':
      return predicate.value;
    case 'DurationComparison':
      return predicate.valueNs;
    case 'BytesComparison':
      return predicate.valueBytes;
    default:
      return unreachable(predicate);
  }
}

function compareValues(op: Numeric['op'], value: number | bigint, limit: number | bigint): boolean {
  switch (op) {
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    default:
      return unreachable(op);
  }
}
