import type { Clock } from '../../src/common/runtime.ts';
import type { Stage } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';

/** One pipeline stage, compiled once per query and thread. It may keep state between batches, but no batch. */
export interface BatchStage {
  readonly kind: Stage['kind'];
  /** Removes rows from the selection, sets labels, replaces lines; in place. */
  apply(batch: MutableBatch): void;
}

/** What stages take from their surroundings. */
export interface StageContext {
  /** For templates that ask for the time. */
  readonly clock: Clock;
}
