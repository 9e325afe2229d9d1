import type { Clock, Timers } from '../../common/runtime.ts';
import type { ExpandTemplate } from './evaluate/expand-template.ts';
import type { RuleQuery } from './evaluate/rule-query.ts';
import type { SampleSink } from './evaluate/sample-sink.ts';
import type { LateWrites } from './late-data/evaluation-history.ts';
import type { EvaluationSlots } from './schedule/evaluation-slots.ts';

/** What the evaluation of every group works with. */
export interface GroupServices {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly slots: EvaluationSlots;
  readonly query: (signal: AbortSignal) => RuleQuery;
  readonly expand: ExpandTemplate;
  readonly sink: SampleSink;
  readonly generatorUrl: (expr: string) => string;
  readonly resendDelayMs: number;
  readonly graceMs: number;
  readonly toleranceMs: number;
  /** Of tenants that look back (`lateGraceMs`). */
  readonly writes: LateWrites;
  /** `ruler_late_data_grace_period` of a tenant; 0: nobody looks back. */
  readonly lateGraceMs: (tenant: string) => number;
}
