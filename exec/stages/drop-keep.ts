import type { Drop, Keep, LabelTarget } from '../../planner/ir/stage.ts';
import { type ColumnLabels, ERROR_DETAILS_LABEL, ERROR_LABEL, PRESERVE_ERROR_LABEL } from '../batch/column-labels.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { BatchStage } from './batch-stage.ts';
import { compileValueTest, type ValueTest } from './label-predicate.ts';

const ALWAYS_KEPT: readonly string[] = [ERROR_LABEL, ERROR_DETAILS_LABEL, PRESERVE_ERROR_LABEL];
const NO_BYTES = new Uint8Array(0);

interface CompiledTarget {
  readonly name: string;
  /** Null: whatever the value is. */
  readonly test: ValueTest | null;
}

/** Removes labels by name, or by name and value; a missing label has the value "" (fact 149). */
export function compileDrop(stage: Drop): BatchStage {
  const targets = stage.targets.map(compileTarget);
  return {
    kind: 'Drop',
    apply(batch) {
      for (const target of targets) removeWhere(batch, target.name, [target], true);
    },
  };
}

/** Removes all labels but the named ones, and those whose value does not match; error labels stay (fact 150). */
export function compileKeep(stage: Keep): BatchStage {
  const byName = Map.groupBy(stage.targets.map(compileTarget), ({ name }) => name);
  return {
    kind: 'Keep',
    apply(batch) {
      const names = batch.labels.allNames().filter((name) => !ALWAYS_KEPT.includes(name));
      for (const name of names) removeWhere(batch, name, byName.get(name) ?? [], false);
    },
  };
}

function compileTarget({ name, matcher }: LabelTarget): CompiledTarget {
  return { name, test: matcher === null ? null : compileValueTest(matcher) };
}

/** Removes the label from the selected rows for which it is `wanted` that one of the targets matches. */
function removeWhere(batch: MutableBatch, name: string, targets: readonly CompiledTarget[], wanted: boolean): void {
  const { labels, selection, selectedCount } = batch;
  const matches = rowTest(labels, name, targets);
  for (let i = 0; i < selectedCount; i++) {
    const row = selection[i];
    if (matches(row) === wanted) labels.remove(name, row);
  }
}

function rowTest(labels: ColumnLabels, name: string, targets: readonly CompiledTarget[]): (row: number) => boolean {
  if (targets.some(({ test }) => test === null)) return () => true;
  if (targets.length === 0) return () => false;
  const reader = labels.reader(name);
  return (row) => {
    const present = reader.at(row);
    const heap = present ? reader.heap : NO_BYTES;
    const start = present ? reader.start : 0;
    const end = present ? reader.end : 0;
    return targets.some(({ test }) => test?.(heap, start, end) === true);
  };
}
