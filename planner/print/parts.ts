import { formatGoDuration, formatPrometheusDuration } from '../../src/common/duration.ts';
import { formatFloat } from '../../src/common/go-number.ts';
import { goQuote } from '../../src/common/go-quote.ts';
import type { BinaryOperator, Grouping, StepGrid, VectorMatching } from '../ir/metric.ts';
import type { Unwrap } from '../ir/stage.ts';
import type { Projection, RangeAggregation, Sample, Scan, TopK, VectorAggregation } from '../logical/plan.ts';
import { printLineFilter, printMatchers, printPredicate, printStage } from './stage.ts';
import { printRange, printSeconds, printTime, type TimeFormat } from './times.ts';

/** Texts that logical and physical nodes have in common; each starts with a space or is empty. */
export function printScan(
  scan: Pick<Scan, 'matchers' | 'range' | 'predicates' | 'projection' | 'countFrom'>,
  times: TimeFormat,
): string {
  const { matchers, range, predicates, projection, countFrom } = scan;
  const counts = countFrom === undefined ? '' : ` count-from=${countFrom}`;
  const columns = ['timestamp', ...projectedColumns(projection)].join(', ');
  return ` matchers=${printMatchers(matchers)} range=${printRange(range, times)}${printPredicates(predicates)} columns=[${columns}]${counts}`;
}

/** In the order of evaluation: neighbours on the same kind of column share one list. */
function printPredicates(predicates: Scan['predicates']): string {
  let out = '';
  let open: string | null = null;
  for (const stage of predicates) {
    const list = stage.kind === 'LineFilter' ? 'line' : 'labels';
    const text =
      stage.kind === 'LineFilter'
        ? printLineFilter(stage)
        : stage.kind === 'LabelFilter'
          ? printPredicate(stage.predicate)
          : printStage(stage);
    out += open === list ? `, ${text}` : `${open === null ? '' : ']'} ${list}=[${text}`;
    open = list;
  }
  return open === null ? '' : `${out}]`;
}

function projectedColumns({ line, metadata }: Projection): string[] {
  const names = metadata === 'all' ? ['metadata'] : metadata.map((name) => `metadata.${name}`);
  return [...(line ? ['line'] : []), ...names];
}

export function printTopK({ limit, direction, late }: Pick<TopK, 'limit' | 'direction' | 'late'>): string {
  const order = direction === 'forward' ? 'asc' : 'desc';
  const k = limit === Number.MAX_SAFE_INTEGER ? 'all' : String(limit);
  const columns = projectedColumns(late);
  return ` sort=timestamp:${order} k=${k}${columns.length === 0 ? '' : ` late=[${columns.join(', ')}]`}`;
}

export function printSample({ intervalNs, splitNs }: Pick<Sample, 'intervalNs' | 'splitNs'>): string {
  const split = splitNs === undefined ? '' : ` split=${formatGoDuration(splitNs)}`;
  return ` interval=${formatGoDuration(intervalNs)}${split}`;
}

type RangeSettings = Pick<
  RangeAggregation,
  'op' | 'parameter' | 'unwrap' | 'rangeNs' | 'offsetNs' | 'grouping' | 'grid'
>;

export function printRangeAggregation(node: RangeSettings, times: TimeFormat): string {
  const { op, parameter, unwrap, rangeNs, offsetNs, grouping, grid } = node;
  const offset = offsetNs === 0n ? '' : ` offset=${formatGoDuration(offsetNs)}`;
  const range = ` range=${formatPrometheusDuration(rangeNs)}`;
  return ` ${op}${printParameter(parameter)}${printUnwrap(unwrap)}${range}${offset}${printGrouping(grouping)}${printGrid(grid, times)}`;
}

export function printVectorAggregation({
  op,
  parameter,
  grouping,
}: Pick<VectorAggregation, 'op' | 'parameter' | 'grouping'>): string {
  return ` ${op}${printParameter(parameter)}${printGrouping(grouping)}`;
}

function printParameter(parameter: number | null): string {
  return parameter === null ? '' : ` parameter=${formatFloat(parameter)}`;
}

function printUnwrap(unwrap: Unwrap | null): string {
  if (unwrap === null) return '';
  const { label, conversion, postFilters } = unwrap;
  const value = conversion === null ? label : `${conversion}(${label})`;
  const filters = postFilters.length === 0 ? '' : ` where=[${postFilters.map(printPredicate).join(', ')}]`;
  return ` unwrap=${value}${filters}`;
}

export function printGrouping(grouping: Grouping | null): string {
  return grouping === null ? '' : ` ${grouping.without ? 'without' : 'by'} (${grouping.names.join(', ')})`;
}

export function printGrid({ startNs, endNs, stepNs }: StepGrid, times: TimeFormat): string {
  if (stepNs === 0n) return ` at=${printTime(startNs, times)}`;
  return ` from=${printTime(startNs, times)} to=${printTime(endNs, times)} step=${printSeconds(stepNs)}`;
}

interface BinarySettings {
  readonly op: BinaryOperator;
  readonly returnBool: boolean;
  readonly matching: VectorMatching | null;
}

export function printBinaryOp({ op, returnBool, matching }: BinarySettings): string {
  return ` ${op}${returnBool ? ' bool' : ''}${matching === null ? '' : printMatching(matching)}`;
}

function printMatching({ on, names, group, include }: VectorMatching): string {
  const side = group === null ? '' : ` group_${group} (${include.join(', ')})`;
  return ` ${on ? 'on' : 'ignoring'} (${names.join(', ')})${side}`;
}

interface LabelReplaceSettings {
  readonly destination: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

export function printLabelReplace({ destination, replacement, source, pattern }: LabelReplaceSettings): string {
  return ` ${destination}=${goQuote(replacement)} from ${source} matches ${goQuote(pattern)}`;
}

export function printLiteral(value: number): string {
  return ` ${formatFloat(value)}`;
}
