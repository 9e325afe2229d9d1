import type { Labels } from '../../../common/labels.ts';
import type { RuleSample } from '../evaluate/rule-query.ts';

/** Series and their values at one time, by the key of their labels. */
export type SampleMap = ReadonlyMap<string, RuleSample>;

/** What one evaluation recorded, and what it should have. */
export interface RecordedSamples {
  readonly recorded: SampleMap;
  readonly actual: SampleMap;
}

/** What must be written at the time of an evaluation so that its samples are the actual ones. */
export interface SampleCorrection {
  /** In place of other values. */
  readonly changed: readonly RuleSample[];
  /** Where there was nothing. */
  readonly added: readonly RuleSample[];
  /** Series that end here: in place of a sample, or after one that was added. */
  readonly ended: readonly Labels[];
}

/** `previous` is the evaluation before: what it had and this one has not, ends; where it was recorded, its end was as well. */
export function correctSamples(previous: RecordedSamples, { recorded, actual }: RecordedSamples): SampleCorrection {
  const changed: RuleSample[] = [];
  const added: RuleSample[] = [];
  for (const [key, sample] of actual) {
    const was = recorded.get(key);
    if (was === undefined) added.push(sample);
    else if (!Object.is(was.value, sample.value)) changed.push(sample);
  }
  const ended: Labels[] = [];
  for (const [key, { labels }] of recorded) if (!actual.has(key)) ended.push(labels);
  for (const [key, { labels }] of previous.actual) {
    const isToldAlready = recorded.has(key) || previous.recorded.has(key);
    if (!actual.has(key) && !isToldAlready) ended.push(labels);
  }
  return { changed, added, ended };
}
