import type { RangeAggregate } from '../physical/plan.ts';
import type { MinutesReport } from '../../src/common/minutes-answer.ts';
import { countObstacle, hasMinutes, isCounting } from '../logical/counting.ts';

/** What a counting aggregation knows of minutes without reading rows, or why it reads them. */
export function printMinutes(node: RangeAggregate, report: MinutesReport | undefined): readonly string[] {
  if (!isCounting(node) || node.input.kind === 'ExchangeSource') return [];
  const isRuleOff = node.input.kind === 'ChunkScan' && node.input.countFrom === undefined;
  const obstacle = countObstacle(node) ?? (isRuleOff ? 'CountFromSummaries is off' : null);
  if (obstacle !== null) return [`counts: rows are read, ${obstacle}`];
  if (!hasMinutes(node)) return ['counts: from runs of rows, windows or steps are shorter than a minute'];
  if (report === undefined) return [];
  const { rowGroups, rows, countedRows, unreadable, ms } = report;
  const notes = unreadable > 0 ? ` (counts of ${unreadable} chunks could not be read)` : '';
  return [
    `counts: ${countedRows} of ${rows} rows of ${rowGroups} row group${rowGroups === 1 ? '' : 's'} are known by minute${notes}, ` +
      `${ms.toFixed(2)} ms`,
  ];
}
