import type { LogExpr } from '../../grammar/ast.ts';
import type { LabelPair } from '../../src/common/labels.ts';
import { Labels } from '../../src/common/labels.ts';
import { floorDiv } from '../../src/common/time.ts';
import { moveLineFilters } from './arrange-stages.ts';
import type { OracleParams, OracleStream } from './oracle-data.ts';
import { runPipeline } from './oracle-pipeline.ts';

export interface OracleLogRow {
  readonly timestampNs: bigint;
  readonly line: string;
  /** The stream that the entry is stored in. */
  readonly source: Labels;
  readonly stream: readonly LabelPair[];
  readonly metadata: readonly LabelPair[];
  readonly parsed: readonly LabelPair[];
}

/**
 * The entries of a log query in the order of the answer (facts 13 to 19). Entries of one instant: by label set of their
 * stream in both directions, those of one stream as they arrived, or in reverse.
 */
export function evaluateLogQuery(expr: LogExpr, data: readonly OracleStream[], params: OracleParams): OracleLogRow[] {
  const { startNs, endNs, direction, limit } = params;
  const range = { startNs, endNs: startNs === endNs ? endNs + 1n : endNs };
  const sign = direction === 'forward' ? 1 : -1;
  const streams = runPipeline(data, expr.selector, moveLineFilters(expr.stages), null, range);
  const rows = streams
    .map(({ labels, rows }) => ({ source: Labels.fromRecord(labels), rows: sign > 0 ? rows : rows.toReversed() }))
    .sort((a, b) => Labels.compare(a.source, b.source))
    .flatMap(({ source, rows }) =>
      rows.map((row) => ({ timestampNs: row.timestampNs, line: row.line, source, ...row.byOrigin() })),
    );
  rows.sort((a, b) => (a.timestampNs < b.timestampNs ? -sign : a.timestampNs > b.timestampNs ? sign : 0));
  return thinOut(rows, params).slice(0, limit);
}

/** Entries that are far enough from the one before, which counts anew in every part (facts 12, 19). */
function thinOut(rows: readonly OracleLogRow[], { intervalNs, splitNs }: OracleParams): OracleLogRow[] {
  if (intervalNs === 0n) return [...rows];
  const kept: OracleLogRow[] = [];
  for (const row of rows) {
    const last = kept.at(-1);
    const partOf = ({ timestampNs }: OracleLogRow): bigint => (splitNs === 0n ? 0n : floorDiv(timestampNs, splitNs));
    const distance = last === undefined ? 0n : row.timestampNs - last.timestampNs;
    const isFar = (distance < 0n ? -distance : distance) >= intervalNs;
    if (last === undefined || partOf(last) !== partOf(row) || isFar) kept.push(row);
  }
  return kept;
}
