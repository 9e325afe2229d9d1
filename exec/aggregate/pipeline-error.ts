import { SkaldError } from '../../src/common/errors.ts';
import { Labels } from '../../src/common/labels.ts';
import { must } from '../../src/common/assert.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { Batch } from '../batch/batch.ts';
import type { FailedPartial } from './partial-aggregate.ts';

const ERROR = '__error__';
const PRESERVE = '__preserve_error__';

/** Rows with an error, as indices into the row numbers that were asked about; almost always none. */
export interface ErrorRows {
  /** Their series is in the answer (fact 51). */
  readonly preserved: readonly number[];
  /** They fail the query (fact 49). */
  readonly failing: readonly number[];
}

const NONE: ErrorRows = { preserved: [], failing: [] };

/** Which of the rows have an error. */
export function errorRows(batch: Batch, rows: Uint32Array, count: number): ErrorRows {
  if (!batch.labels.mayHaveErrors) return NONE;
  const errors = batch.labels.reader(ERROR);
  const marks = batch.labels.reader(PRESERVE);
  const preserved: number[] = [];
  const failing: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (!errors.at(row) || errors.start === errors.end) continue;
    const isPreserved = marks.at(row) && decodeUtf8(marks.heap, marks.start, marks.end) === 'true';
    (isPreserved ? preserved : failing).push(i);
  }
  return { preserved, failing };
}

/** The failure of one row. */
export function failureOf(batch: Batch, row: number): FailedPartial {
  const series = batch.labels.row(row);
  return {
    kind: 'Failed',
    count: 0,
    timestampNs: must(batch.timestamp)[row],
    groups: [must(batch.streamTable[batch.stream[row]]), series],
  };
}

/**
 * Of two failures the one that the query fails with, whatever was read first: the earliest entry's, of one instant that
 * of the least stream, then of the least series. (In Loki it is any entry of the first window that has one.)
 */
export function firstFailure(a: FailedPartial | null, b: FailedPartial): FailedPartial {
  if (a === null) return b;
  if (a.timestampNs !== b.timestampNs) return a.timestampNs < b.timestampNs ? a : b;
  const order = Labels.compare(a.groups[0], b.groups[0]) || Labels.compare(a.groups[1], b.groups[1]);
  return order <= 0 ? a : b;
}

/** An entry fails the query. The text is Loki's, letter by letter (fact 50). */
export class PipelineError extends SkaldError {
  readonly timestampNs: bigint;

  constructor({ timestampNs, groups: [, series] }: FailedPartial) {
    const error = series.get(ERROR) ?? '';
    super(
      'pipeline_error',
      `pipeline error: '${error}' for series: '${series.key}'.\n` +
        `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
        `To skip all potential errors you can match empty errors.(e.g __error__="")\n` +
        `The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n`,
    );
    this.timestampNs = timestampNs;
  }
}
