import { SkaldError } from '../../src/common/errors.ts';
import type { Batch } from '../batch/batch.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';

const ERROR = '__error__';
const PRESERVE = '__preserve_error__';

/**
 * Fails the query when one of the rows has an error that is not preserved (facts 49 to 51). Returns the rows with a
 * preserved error, as indices into `rows`; almost always none.
 */
export function checkPipelineErrors(batch: Batch, rows: Uint32Array, count: number): readonly number[] {
  if (!batch.labels.mayHaveErrors) return [];
  const errors = batch.labels.reader(ERROR);
  const preserved = batch.labels.reader(PRESERVE);
  const kept: number[] = [];
  for (let i = 0; i < count; i++) {
    const row = rows[i];
    if (!errors.at(row) || errors.start === errors.end) continue;
    const error = decodeUtf8(errors.heap, errors.start, errors.end);
    const isPreserved = preserved.at(row) && decodeUtf8(preserved.heap, preserved.start, preserved.end) === 'true';
    if (!isPreserved) throw pipelineError(error, batch.labels.row(row).key);
    kept.push(i);
  }
  return kept;
}

/** Loki's text, letter by letter (fact 50). */
function pipelineError(error: string, series: string): SkaldError {
  return new SkaldError(
    'pipeline_error',
    `pipeline error: '${error}' for series: '${series}'.\n` +
      `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").\n` +
      `To skip all potential errors you can match empty errors.(e.g __error__="")\n` +
      `The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )\n`,
  );
}
