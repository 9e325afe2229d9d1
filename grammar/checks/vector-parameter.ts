import { parseGoInt } from '../../src/common/go-number.ts';
import type { VectorAggregationOp } from '../ast.ts';
import { LogQLError } from '../logql-error.ts';

/** The `k` of topk, bottomk and approx_topk: a whole number above 0, written as one. The others take none. */
export function readVectorParameter(op: VectorAggregationOp, text: string | null): number | null {
  if (op !== 'topk' && op !== 'bottomk' && op !== 'approx_topk') {
    if (text !== null) throw LogQLError.of(`unsupported parameter for operation ${op}(${text},`);
    return null;
  }
  if (text === null) throw LogQLError.of(`parameter required for operation ${op}`);
  const value = wholeNumber(text);
  if (value === null) throw LogQLError.of(`invalid parameter ${op}(${text},`);
  if (value <= 0) throw LogQLError.of(`invalid parameter (must be greater than 0) ${op}(${text}`);
  return value;
}

function wholeNumber(text: string): number | null {
  try {
    return Number(parseGoInt(text, 'Atoi'));
  } catch {
    return null;
  }
}
