import type { LabelPredicate, LogExpr, Stage } from '../../grammar/ast.ts';
import { unreachable } from '../../src/common/assert.ts';
import { decolorize, dropLabels, formatLabels, formatLine, keepLabels } from './format-row.ts';
import { keepsRow } from './label-filter.ts';
import { keepsLine } from './line-filter.ts';
import { selectorTest } from './matcher-test.ts';
import { distinctEntries, type OracleStream } from './oracle-data.ts';
import { ERROR, OracleRow } from './oracle-row.ts';
import { parseJson, parseJsonPaths } from './parse-json.ts';
import { parseLogfmt } from './parse-logfmt.ts';
import { ParseScope, REFUSED } from './parse-scope.ts';
import { parsePattern, parseRegexp, parseUnpack } from './parse-text.ts';

/** What a metric query tells its parsers (facts 46, 51); null in a log query. */
export interface Hints {
  readonly needed: ReadonlySet<string> | null;
  readonly preserveErrors: boolean;
}

/** The rows of one stream that come out of a pipeline, in arrival order. */
export interface StreamRows {
  readonly labels: Readonly<Record<string, string>>;
  readonly rows: readonly OracleRow[];
}

/** Runs the pipeline on every entry of the selected streams with `start <= timestamp < end`. */
export function runPipeline(
  data: readonly OracleStream[],
  selector: LogExpr['selector'],
  stages: readonly Stage[],
  hints: Hints | null,
  range: { readonly startNs: bigint; readonly endNs: bigint },
): StreamRows[] {
  const tests = selector.matchers.map((matcher) => ({ name: matcher.name, passes: selectorTest(matcher) }));
  const scope = new ParseScope(hints?.needed ?? null, hints?.preserveErrors ?? false, immediateFilters(stages));
  return data
    .filter(({ labels }) => tests.every(({ name, passes }) => passes(labels[name] ?? '')))
    .map((stream) => ({
      labels: stream.labels,
      rows: distinctEntries(stream)
        .filter(({ timestampNs }) => timestampNs >= range.startNs && timestampNs < range.endNs)
        .map((entry) => new OracleRow(stream.labels, entry))
        .filter((row) => stages.every((stage) => applyStage(stage, row, scope))),
    }));
}

/**
 * Of each label the pipeline's first filter that is about this label alone (fact 48). The error state is none, though a
 * line may have a key of its name: nobody who asks for errors means that key.
 */
function immediateFilters(stages: readonly Stage[]): Map<string, LabelPredicate> {
  const filters = new Map<string, LabelPredicate>();
  for (const stage of stages) {
    if (stage.kind !== 'LabelFilter' || stage.predicate.kind === 'And' || stage.predicate.kind === 'Or') continue;
    const { predicate } = stage;
    const name = predicate.kind === 'StringComparison' ? predicate.matcher.name : predicate.name;
    if (name !== ERROR && !filters.has(name)) filters.set(name, predicate);
  }
  return filters;
}

/** Whether the row stays. */
function applyStage(stage: Stage, row: OracleRow, scope: ParseScope): boolean {
  switch (stage.kind) {
    case 'LineFilter':
      return keepsLine(stage, row.line);
    case 'LabelFilter':
      return keepsRow(stage.predicate, row);
    case 'Json':
      return (
        (stage.extractions.length > 0 ? parseJsonPaths(row, stage.extractions, scope) : parseJson(row, scope)) !==
        REFUSED
      );
    case 'Logfmt':
      return parseLogfmt(row, stage, scope) !== REFUSED;
    case 'Regexp':
      return parseRegexp(row, stage, scope) !== REFUSED;
    case 'Pattern':
      return parsePattern(row, stage, scope) !== REFUSED;
    case 'Unpack':
      return parseUnpack(row, scope) !== REFUSED;
    default:
      changeRow(stage, row);
      return true;
  }
}

type Change = Extract<Stage, { kind: 'LineFormat' | 'LabelFormat' | 'Decolorize' | 'Drop' | 'Keep' }>;

function changeRow(stage: Change, row: OracleRow): void {
  switch (stage.kind) {
    case 'LineFormat':
      return formatLine(row, stage);
    case 'LabelFormat':
      return formatLabels(row, stage);
    case 'Decolorize':
      return decolorize(row);
    case 'Drop':
      return dropLabels(row, stage);
    case 'Keep':
      return keepLabels(row, stage);
    default:
      return unreachable(stage);
  }
}
