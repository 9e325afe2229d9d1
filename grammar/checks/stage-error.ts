import type { Stage } from '../ast.ts';
import { LogQLError } from '../logql-error.ts';
import { printStage } from '../print-stage.ts';

/** `parse error : stage '| json bad=""' : <reason>` (fact 162). */
export function stageError(stage: Stage, reason: string, cause?: unknown): LogQLError {
  return LogQLError.of(`stage '${printStage(stage)}' : ${reason}`, cause);
}
