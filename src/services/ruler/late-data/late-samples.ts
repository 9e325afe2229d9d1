import type { Expr } from '../../../../grammar/ast.ts';
import type { RuleSample } from '../evaluate/rule-query.ts';
import type { RuleOutcome } from '../evaluate/evaluate-rule.ts';
import { correctSamples, type RecordedSamples, type SampleCorrection, type SampleMap } from './correct-samples.ts';
import { EvaluationHistory, type LateWrites, type PastEvaluation } from './evaluation-history.ts';

/** Evaluations of one rule that are run again at one time; the others follow at the next. */
const RERUNS_MAX = 100;

interface PastSamples extends PastEvaluation {
  readonly samples: SampleMap;
}

export interface EvaluatedSamples {
  readonly timeNs: bigint;
  readonly moment: number;
  readonly outcome: Pick<RuleOutcome, 'sampleTimeNs' | 'samples'>;
}

/** A correction of what one evaluation recorded. */
export interface LateCorrection extends SampleCorrection {
  readonly sampleTimeNs: bigint;
  /** Else only the one before was, and this says where its series end. */
  readonly isRerun: boolean;
}

const NOTHING: RecordedSamples = { recorded: new Map<string, RuleSample>(), actual: new Map<string, RuleSample>() };

/**
 * What a recording rule should have recorded with entries that came late. Each evaluation is looked at once, when its
 * grace period is over: Prometheus takes one correction of a sample, and drops the second without a word.
 */
export class LateSamples {
  readonly #history: EvaluationHistory<PastSamples>;
  /** The last evaluation whose grace period is over. */
  #previous: RecordedSamples = NOTHING;

  constructor(expr: Expr, tenant: string, writes: LateWrites) {
    this.#history = new EvaluationHistory(tenant, expr, writes);
  }

  add({ timeNs, moment, outcome: { sampleTimeNs, samples } }: EvaluatedSamples): void {
    this.#history.add({ timeNs, sampleTimeNs, moment, samples: mapOf(samples), seriesCount: samples.length });
  }

  clear(): void {
    this.#history.clear();
    this.#previous = NOTHING;
  }

  /**
   * Looks at the evaluations at or before `timeNs - graceNs`. `run` evaluates the rule again. Errors are those of `run`;
   * the evaluation is then tried again at the next call.
   */
  async *revisit(
    { timeNs, graceNs }: { readonly timeNs: bigint; readonly graceNs: bigint },
    run: (timeNs: bigint) => Promise<RuleOutcome>,
  ): AsyncGenerator<LateCorrection> {
    let reruns = 0;
    for (let oldest = this.#oldest; oldest !== undefined; oldest = this.#oldest) {
      if (!this.#history.isFull && oldest.timeNs > timeNs - graceNs) return;
      const isTouched = this.#history.isTouched(oldest);
      if (isTouched && ++reruns > RERUNS_MAX) return;
      const actual = isTouched ? await this.#rerun(oldest, run) : oldest.samples;
      this.#history.forgetOldest();
      const correction = correctSamples(this.#previous, { recorded: oldest.samples, actual });
      this.#previous = { recorded: oldest.samples, actual };
      if (!isTouched && correction.ended.length === 0) continue;
      yield { sampleTimeNs: oldest.sampleTimeNs, isRerun: isTouched, ...correction };
    }
  }

  async #rerun({ timeNs }: PastSamples, run: (timeNs: bigint) => Promise<RuleOutcome>): Promise<SampleMap> {
    try {
      return mapOf((await run(timeNs)).samples);
    } catch (error) {
      // A query that never succeeds must not make the history grow.
      if (this.#history.isFull) this.#history.forgetOldest();
      throw error;
    }
  }

  get #oldest(): PastSamples | undefined {
    return this.#history.evaluations[0];
  }
}

function mapOf(samples: readonly RuleSample[]): SampleMap {
  return new Map(samples.map((sample) => [sample.labels.key, sample]));
}
