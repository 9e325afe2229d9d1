import type { Grouping, RangeAggregation } from '../../grammar/ast.ts';
import { parseBytes } from '../../src/common/bytes.ts';
import { parseGoDuration } from '../../src/common/duration.ts';
import { messageOf, SkaldError } from '../../src/common/errors.ts';
import { parseGoFloat } from '../../src/common/go-number.ts';
import { Labels } from '../../src/common/labels.ts';
import { utf8Length } from '../../src/common/utf8.ts';
import { moveLineFilters, withoutParsers, withoutUnreadFormats } from './arrange-stages.ts';
import { keepsRow } from './label-filter.ts';
import type { OracleStream } from './oracle-data.ts';
import { runPipeline } from './oracle-pipeline.ts';
import { type OracleRow, PRESERVE } from './oracle-row.ts';
import { hintsOf } from './read-labels.ts';

/** What a range aggregation gets of one row. */
export interface OracleSample {
  readonly timestampNs: bigint;
  readonly value: number;
  readonly labels: Labels;
  /** The stream that the entry is stored in. */
  readonly source: Labels;
  /** Set when the sample fails the query (fact 49). */
  readonly error: string | null;
}

const ALL_TIME = { startNs: -(2n ** 63n), endNs: 2n ** 63n };
const SEEN_THROUGH = ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate', 'sum_over_time'];

/**
 * All samples of a range aggregation by time; of one instant in the order of streams, then of arrival (fact 38). `outer`
 * is the grouping of a `sum` right around it, whose labels its parsers look for (fact 46).
 */
export function collectSamples(
  expr: RangeAggregation,
  data: readonly OracleStream[],
  outer: Grouping | null,
): OracleSample[] {
  const { log, unwrap } = expr.logRange;
  const visible = expr.grouping ?? (SEEN_THROUGH.includes(expr.op) ? outer : null) ?? noLabels(expr);
  const arranged = withoutUnreadFormats(moveLineFilters(log.stages), expr.op);
  const hints = hintsOf(expr, arranged, visible);
  const stages = hints === 'none' ? withoutParsers(arranged) : arranged;
  const streams = runPipeline(data, log.selector, stages, hints === 'none' ? null : hints, ALL_TIME);
  // A `by` that names the unwrapped label keeps it (fact 43), also when it is the sum's.
  const namesUnwrapped = unwrap !== null && visible?.without === false && visible.names.includes(unwrap.label);
  const grouping = expr.grouping ?? (namesUnwrapped ? visible : null);
  return streams
    .map(({ labels, rows }) => ({ source: Labels.fromRecord(labels), rows }))
    .sort((a, b) => Labels.compare(a.source, b.source))
    .flatMap(({ source, rows }) => rows.flatMap((row) => sampleOf(expr, row, source, grouping) ?? []))
    .sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
}

/** absent_over_time has no use for labels. */
function noLabels({ op, range }: RangeAggregation): Grouping | null {
  return op === 'absent_over_time' ? { kind: 'Grouping', without: false, names: [], range } : null;
}

function sampleOf(
  expr: RangeAggregation,
  row: OracleRow,
  source: Labels,
  grouping: Grouping | null,
): OracleSample | null {
  const { unwrap } = expr.logRange;
  const isBytes = expr.op === 'bytes_over_time' || expr.op === 'bytes_rate';
  let value = isBytes ? utf8Length(row.line) : 1;
  if (unwrap !== null) {
    const text = row.filterValue(unwrap.label);
    if (text === undefined || text === '') return null;
    value = unwrapValue(unwrap.conversion, text, row);
    if (!unwrap.postFilters.every(({ predicate }) => keepsRow(predicate, row))) return null;
  }
  const all = row.labels();
  const error = row.value('__error__') ?? '';
  const isPreserved = all.get(PRESERVE) === 'true';
  // A row with an error keeps all labels (fact 52), and so does one without grouping, but for the unwrapped (fact 43).
  const labels = error !== '' ? all : seriesLabels(all, grouping, unwrap?.label ?? null);
  return { timestampNs: row.timestampNs, value, labels, source, error: error === '' || isPreserved ? null : error };
}

function seriesLabels(all: Labels, grouping: Grouping | null, unwrapped: string | null): Labels {
  if (grouping?.without === false) return all.pick(grouping.names);
  const dropped = grouping === null ? [] : [...grouping.names, '__name__'];
  return all.omit(unwrapped === null ? dropped : [...dropped, unwrapped]);
}

/** The number that a label stands for; 0 and an error when it is none (facts 153, 154). */
function unwrapValue(conversion: string | null, text: string, row: OracleRow): number {
  try {
    if (conversion === null) return parseGoFloat(text);
    if (conversion === 'bytes') return parseBytes(text);
    return Number(parseGoDuration(text)) / 1e9;
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    row.setError('SampleExtractionErr', messageOf(error));
    return 0;
  }
}
