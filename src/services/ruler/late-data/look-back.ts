import { messageOf } from '../../../common/errors.ts';
import { msToNs } from '../../../common/time.ts';
import { parseQuery } from '../../../../grammar/parse.ts';
import { NO_ALERTS, type AlertSet } from '../evaluate/alert.ts';
import { checkAlertLimit, type RuleOutcome } from '../evaluate/evaluate-rule.ts';
import type { SampleBatch } from '../evaluate/sample-sink.ts';
import type { LateStatus } from '../rule-status.ts';
import type { Rule } from '../rules/rule-group.ts';
import type { LateWrites } from './evaluation-history.ts';
import { LateAlerts } from './late-alerts.ts';
import { LateSamples, type LateCorrection } from './late-samples.ts';

/** What entries that came late did to a rule, seen at one evaluation. */
export interface LateChange {
  /** Evaluations that were run again. */
  readonly reruns: number;
  /** Samples that were written again, written at last, or ended. */
  readonly correctedSamples: number;
  readonly firedLate: number;
  readonly resolvedLate: number;
}

export interface LookBackOptions {
  readonly rule: Rule;
  readonly tenant: string;
  /** Alerts of the rule; 0 is without limit. */
  readonly limit: number;
  /** `ruler_late_data_grace_period`, which may change at any time; 0: nobody looks back. */
  readonly graceMs: () => number;
  readonly writes: LateWrites;
  readonly correct: (batch: Omit<SampleBatch, 'tenant'>) => Promise<void>;
  readonly late: (change: LateChange) => void;
  /** Told once for each reason. */
  readonly failed: (error: string) => void;
}

/** An evaluation, and the alerts that were told after it. */
export interface Evaluated {
  readonly timeNs: bigint;
  readonly moment: number;
  readonly before: AlertSet;
  readonly outcome: RuleOutcome;
  readonly told: AlertSet;
}

type Run = (timeNs: bigint, before: AlertSet) => Promise<RuleOutcome>;

const NEVER_LATE: LateStatus = { evaluations: 0, changes: 0, changedAtNs: null };

/** Looks back, after each evaluation of a rule, at those of its grace period: whether entries have come that they missed. */
export class LookBack {
  readonly #options: LookBackOptions;
  readonly #late: LateAlerts | LateSamples;
  #status: LateStatus = NEVER_LATE;
  #lastError = '';

  constructor(options: LookBackOptions) {
    this.#options = options;
    const { rule, tenant, writes } = options;
    const expr = parseQuery(rule.expr);
    this.#late =
      rule.kind === 'RecordingRule'
        ? new LateSamples(expr, tenant, writes)
        : new LateAlerts(rule, expr, tenant, writes);
  }

  /** Null while nobody looks back. */
  get status(): LateStatus | null {
    return this.#options.graceMs() === 0 ? null : this.#status;
  }

  clear(): void {
    this.#late.clear();
  }

  /**
   * Remembers an evaluation and looks at those before. `run` evaluates the rule again. Returns the alerts where they are
   * others than were told. Errors: AlertLimitError when those are too many; what fails otherwise is tried again.
   */
  async after(evaluated: Evaluated, run: Run, signal: AbortSignal): Promise<AlertSet | null> {
    const graceNs = msToNs(this.#options.graceMs());
    if (graceNs === 0n) {
      this.clear();
      return null;
    }
    this.#late.add(evaluated);
    const alerts = await this.#look(evaluated, graceNs, run).catch((error: unknown) => {
      if (signal.aborted) throw error;
      this.#fail(messageOf(error));
      return null;
    });
    if (alerts !== null) checkAlertLimit(alerts, this.#options.limit);
    return alerts;
  }

  async #look({ timeNs }: Evaluated, graceNs: bigint, run: Run): Promise<AlertSet | null> {
    const late = this.#late;
    if (late instanceof LateSamples) {
      for await (const correction of late.revisit({ timeNs, graceNs }, (at) => run(at, NO_ALERTS))) {
        await this.#correct(correction, timeNs);
      }
      this.#lastError = '';
      return null;
    }
    const found = await late.revisit(graceNs, run);
    this.#lastError = '';
    if (found === null) return null;
    const { alerts, reruns, firedLate, resolvedLate } = found;
    this.#tell({ reruns, correctedSamples: 0, firedLate: firedLate.length, resolvedLate: resolvedLate.length }, timeNs);
    return alerts;
  }

  /** What a receiver refuses, it refuses by request: what was never recorded is sent by itself. */
  async #correct({ sampleTimeNs, isRerun, changed, added, ended }: LateCorrection, timeNs: bigint): Promise<void> {
    const { correct } = this.#options;
    if (changed.length + ended.length > 0) await correct({ timeNs: sampleTimeNs, samples: changed, stale: ended });
    if (added.length > 0) await correct({ timeNs: sampleTimeNs, samples: added, stale: [] });
    const correctedSamples = changed.length + added.length + ended.length;
    this.#tell({ reruns: isRerun ? 1 : 0, correctedSamples, firedLate: 0, resolvedLate: 0 }, timeNs);
  }

  #tell(change: LateChange, timeNs: bigint): void {
    const changes = change.correctedSamples + change.firedLate + change.resolvedLate;
    const { evaluations, changes: before, changedAtNs } = this.#status;
    this.#status = {
      evaluations: evaluations + change.reruns,
      changes: before + changes,
      changedAtNs: changes === 0 ? changedAtNs : timeNs,
    };
    this.#options.late(change);
  }

  #fail(error: string): void {
    if (error !== this.#lastError) this.#options.failed(error);
    this.#lastError = error;
  }
}
