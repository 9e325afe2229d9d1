import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import { floorDiv, NS_PER_HOUR, NS_PER_MINUTE, type TimeRange } from '../../../common/time.ts';

export interface WarmUpQuery {
  readonly text: string;
  readonly params: QueryParams;
}

/** What no line has; a search for it looks at all that it cannot rule out. */
const ABSENT = 'wq7zk3';

/**
 * One query for each of the ways that dashboards go through planner, operators and parsers. `label` is a label that
 * the streams have, `wideLabel` one with many values.
 */
export function warmUpQueries(
  { label, wideLabel }: { readonly label: string; readonly wideLabel: string },
  range: TimeRange,
): WarmUpQuery[] {
  const all = `{${label}=~".+"}`;
  const hours = `${(range.end - range.start) / NS_PER_HOUR + 1n}h`;
  return [
    log(all, range),
    log(`${all} |= "${ABSENT}"`, range),
    log(`${all} != "${ABSENT}" |= "e"`, range),
    metric(`sum by (${label}) (count_over_time(${all}[1m]))`, range, 1n),
    metric(`sum by (detected_level) (count_over_time(${all}[1m]))`, range, 1n),
    metric(`sum by (${label}) (bytes_over_time(${all}[5m]))`, range, 5n),
    metric(`sum by (${label}) (rate(${all} |= "error" [5m]))`, range, 5n),
    metric(`sum(rate(${all} |~ "(?i)warn|${ABSENT}" [5m])) / sum(rate(${all}[5m]))`, range, 5n),
    metric(`sum by (level) (count_over_time(${all} | json | __error__="" [5m]))`, range, 5n),
    metric(`sum by (level) (count_over_time(${all} | logfmt | level="error" [5m]))`, range, 5n),
    metric(`quantile_over_time(0.99, ${all} | json | unwrap status | __error__="" [5m]) by (level)`, range, 5n),
    instant(`topk(10, sum by (${wideLabel}) (count_over_time(${all}[${hours}])))`, range),
  ];
}

const COMMON = { limit: 100, direction: 'backward', intervalNs: 0n } as const;

function log(text: string, { start, end }: TimeRange): WarmUpQuery {
  return { text, params: { ...COMMON, startNs: start, endNs: end, stepNs: NS_PER_MINUTE, instant: false } };
}

/** Steps are on whole minutes, as those of dashboards are. */
function metric(text: string, { start, end }: TimeRange, stepMinutes: bigint): WarmUpQuery {
  const stepNs = stepMinutes * NS_PER_MINUTE;
  const [startNs, endNs] = [floorDiv(start, stepNs) * stepNs, (floorDiv(end, stepNs) + 1n) * stepNs];
  return { text, params: { ...COMMON, startNs, endNs, stepNs, instant: false } };
}

function instant(text: string, { end }: TimeRange): WarmUpQuery {
  return { text, params: { ...COMMON, startNs: end, endNs: end, stepNs: 0n, instant: true } };
}
