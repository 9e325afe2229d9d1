import type { VectorMatching } from '../../planner/ir/metric.ts';
import { must } from '../../src/common/assert.ts';
import { SkaldError } from '../../src/common/errors.ts';
import type { Labels } from '../../src/common/labels.ts';
import { matchingLabels, resultLabels } from '../aggregate/vector-matching.ts';
import type { QueryContext } from '../operator.ts';
import type { SampleOperation } from '../aggregate/sample-operation.ts';
import { createSeriesBlock, releaseSeriesBlock, type SeriesBlock, withoutEmptySeries } from './series-block.ts';

/** A series of the many side, the series of the one side that it may meet, and where results go. */
interface Meeting {
  readonly many: number;
  readonly candidates: readonly number[];
  /** Result series by candidate. */
  readonly results: readonly number[];
  /** Number of the signature. */
  readonly signature: number;
}

/**
 * Vector with vector: at every step each sample of the many side (left, unless group_right) meets the one sample of the
 * other side with equal matching labels (facts 72 to 76). Consumes both blocks.
 */
export function matchVectors(
  left: SeriesBlock,
  right: SeriesBlock,
  matching: VectorMatching | null,
  operation: SampleOperation,
  context: QueryContext,
): SeriesBlock {
  const isRightMany = matching?.group === 'right';
  const many = isRightMany ? right : left;
  const one = isRightMany ? left : right;
  const oneSide = groupBySignature(one, matching);
  const { meetings, labels } = arrangeMeetings(many, one, oneSide, matching);
  const result = createSeriesBlock(left.grid, labels, context.budget);
  const isGrouped = matching !== null && matching.group !== null;
  const taken = new TakenAtStep(isGrouped ? labels.length : oneSide.size, isGrouped);
  for (let k = 0; k < left.steps; k++) {
    context.throwIfCancelled();
    const ones = onlyOnesAt(one, oneSide, k, isRightMany);
    taken.reset();
    for (const meeting of meetings) {
      if (many.present[meeting.many * many.steps + k] === 0) continue;
      const oneSeries = ones[meeting.signature];
      if (oneSeries < 0) continue;
      const to = meeting.results[meeting.candidates.indexOf(oneSeries)];
      taken.take(isGrouped ? to : meeting.signature);
      const manyValue = many.values[meeting.many * many.steps + k];
      const oneValue = one.values[oneSeries * one.steps + k];
      const [a, b] = isRightMany ? [oneValue, manyValue] : [manyValue, oneValue];
      if (!operation.keep(a, b)) continue;
      result.values[to * result.steps + k] = operation.value(a, b, false);
      result.present[to * result.steps + k] = 1;
    }
  }
  releaseSeriesBlock(left, context.budget);
  releaseSeriesBlock(right, context.budget);
  return withoutEmptySeries(result, context.budget);
}

interface Signature {
  readonly number: number;
  readonly series: readonly number[];
}

function groupBySignature(block: SeriesBlock, matching: VectorMatching | null): Map<string, Signature> {
  const bySignature = new Map<string, { number: number; series: number[] }>();
  block.labels().forEach((labels, s) => {
    const { key } = matchingLabels(labels, matching);
    const known = bySignature.get(key);
    if (known === undefined) bySignature.set(key, { number: bySignature.size, series: [s] });
    else known.series.push(s);
  });
  return bySignature;
}

function arrangeMeetings(
  many: SeriesBlock,
  one: SeriesBlock,
  oneSide: ReadonlyMap<string, Signature>,
  matching: VectorMatching | null,
): { meetings: Meeting[]; labels: Labels[] } {
  const labels: Labels[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (set: Labels): number => {
    const known = numbers.get(set.key);
    if (known !== undefined) return known;
    numbers.set(set.key, labels.length);
    return labels.push(set) - 1;
  };
  const meetings: Meeting[] = [];
  const oneLabels = one.labels();
  many.labels().forEach((set, s) => {
    const signature = oneSide.get(matchingLabels(set, matching).key);
    if (signature === undefined) return;
    const results = signature.series.map((o) => numberOf(resultLabels(set, must(oneLabels[o]), matching)));
    meetings.push({ many: s, candidates: signature.series, results, signature: signature.number });
  });
  return { meetings, labels };
}

/** By signature the one series that is present at a step, or -1. */
function onlyOnesAt(
  block: SeriesBlock,
  oneSide: ReadonlyMap<string, Signature>,
  step: number,
  isRightMany: boolean,
): Int32Array {
  const ones = new Int32Array(oneSide.size).fill(-1);
  for (const { number, series } of oneSide.values()) {
    for (const s of series) {
      if (block.present[s * block.steps + step] === 0) continue;
      if (ones[number] !== -1) {
        throw new SkaldError(
          'execution',
          `found duplicate series on the ${isRightMany ? 'left' : 'right'} hand-side` +
            ';many-to-many matching not allowed: matching labels must be unique on one side',
        );
      }
      ones[number] = s;
    }
  }
  return ones;
}

/** What was matched at the current step: a signature (one-to-one) or a result series (grouped) only once. */
class TakenAtStep {
  readonly #taken: Uint8Array;
  readonly #isGrouped: boolean;

  constructor(size: number, isGrouped: boolean) {
    this.#taken = new Uint8Array(size);
    this.#isGrouped = isGrouped;
  }

  reset(): void {
    this.#taken.fill(0);
  }

  take(number: number): void {
    if (this.#taken[number] === 1) {
      throw new SkaldError(
        'execution',
        this.#isGrouped
          ? 'multiple matches for labels: grouping labels must ensure unique matches'
          : 'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
      );
    }
    this.#taken[number] = 1;
  }
}
