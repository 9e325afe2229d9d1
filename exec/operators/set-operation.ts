import type { VectorMatching } from '../../planner/ir/metric.ts';
import { must } from '../../src/common/assert.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { SetOperator } from '../aggregate/arithmetic.ts';
import { matchingLabels } from '../aggregate/vector-matching.ts';
import type { QueryContext } from '../operator.ts';
import { createSeriesBlock, releaseSeriesBlock, type SeriesBlock, withoutEmptySeries } from './series-block.ts';

/**
 * and, or, unless (fact 77): at every step samples are kept or dropped by whether the other side has a sample with equal
 * matching labels; labels and values stay. Consumes both blocks.
 */
export function combineSets(
  op: SetOperator,
  left: SeriesBlock,
  right: SeriesBlock,
  matching: VectorMatching | null,
  context: QueryContext,
): SeriesBlock {
  const signatures = new Map<string, number>();
  const leftSignatures = numberSignatures(left, matching, signatures);
  const rightSignatures = numberSignatures(right, matching, signatures);
  const { budget } = context;
  if (op !== 'or') {
    const found = presence(right, rightSignatures, signatures.size);
    retain(left, leftSignatures, found, op === 'and' ? 1 : 0);
    releaseSeriesBlock(right, budget);
    return withoutEmptySeries(left, budget);
  }
  retain(right, rightSignatures, presence(left, leftSignatures, signatures.size), 0);
  const united = unite(left, right, context);
  releaseSeriesBlock(left, budget);
  releaseSeriesBlock(right, budget);
  return withoutEmptySeries(united, budget);
}

function numberSignatures(
  block: SeriesBlock,
  matching: VectorMatching | null,
  signatures: Map<string, number>,
): Uint32Array {
  return Uint32Array.from(block.labels(), (labels) => {
    const { key } = matchingLabels(labels, matching);
    const known = signatures.get(key);
    if (known !== undefined) return known;
    signatures.set(key, signatures.size);
    return signatures.size - 1;
  });
}

/** 1 at [signature * steps + step] where some series with the signature has a sample. */
function presence({ present, steps }: SeriesBlock, signatureOf: Uint32Array, size: number): Uint8Array {
  const found = new Uint8Array(size * steps);
  for (let s = 0; s < signatureOf.length; s++) {
    const at = signatureOf[s] * steps;
    for (let k = 0; k < steps; k++) if (present[s * steps + k] === 1) found[at + k] = 1;
  }
  return found;
}

/** Drops the samples for which `found` is not `wanted`. */
function retain({ present, steps }: SeriesBlock, signatureOf: Uint32Array, found: Uint8Array, wanted: 0 | 1): void {
  for (let s = 0; s < signatureOf.length; s++) {
    const at = signatureOf[s] * steps;
    for (let k = 0; k < steps; k++) if (found[at + k] !== wanted) present[s * steps + k] = 0;
  }
}

/** Samples of both; a series that both sides have, at different steps, is one series. */
function unite(left: SeriesBlock, right: SeriesBlock, context: QueryContext): SeriesBlock {
  const { steps } = left;
  const numbers = new Map(left.labels().map((labels, s) => [labels.key, s]));
  const labels: Labels[] = [...left.labels()];
  const targets = right.labels().map((set) => {
    const known = numbers.get(set.key);
    if (known !== undefined) return known;
    numbers.set(set.key, labels.length);
    return labels.push(set) - 1;
  });
  const result = createSeriesBlock(left.grid, labels, context.budget);
  result.values.set(left.values);
  result.present.set(left.present);
  for (let s = 0; s < targets.length; s++) {
    const to = must(targets[s]) * steps;
    for (let k = 0; k < steps; k++) {
      if (right.present[s * steps + k] === 0 || result.present[to + k] === 1) continue;
      result.values[to + k] = right.values[s * steps + k];
      result.present[to + k] = 1;
    }
  }
  return result;
}
