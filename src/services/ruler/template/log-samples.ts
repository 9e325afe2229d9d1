import { compileRegexp } from '../../../common/regexp/compile.ts';
import type { CompiledRegexp } from '../../../common/regexp/regexp.ts';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import { decodeUtf8, encodeUtf8 } from '../../../common/utf8.ts';
import type { RulerConfig } from '../../../config/ruler-schema.ts';
import type { TemplateRequest } from '../evaluate/expand-template.ts';
import type { RuleQuery } from '../evaluate/rule-query.ts';
import type { RunQuery } from '../rule-queries.ts';
import { alertLogQuery, type AlertLogQuery } from './alert-log-query.ts';

/** Alerts of one rule that get lines at one evaluation: lines are read again at each of them. */
export const SAMPLED_ALERTS_MAX = 10;
/** Rules whose alerts are counted for that. */
const RULES_MAX = 10_000;

/** What templates know as `$logs`. */
export interface LogSamples {
  /** Newest first, redacted and cut. */
  readonly lines: readonly string[];
  /** Entries of the alert in the range of its query. */
  readonly count: number;
  /** Grafana's Explore with these entries. */
  readonly link: string;
}

export const NO_LOGS: LogSamples = { lines: [], count: 0, link: '' };

export type FindLogs = (request: TemplateRequest) => Promise<LogSamples>;

export interface LogSamplesOptions {
  readonly config: RulerConfig['sample_lines'];
  readonly run: RunQuery;
  readonly query: RuleQuery;
  readonly signal: AbortSignal;
  /** The link to a log query between two times. */
  readonly link: (query: string, startNs: bigint, endNs: bigint) => string;
}

/** Finds the entries that alerts were made of, within the limits of the configuration. */
export function logSamples({ config, run, query, signal, link }: LogSamplesOptions): FindLogs {
  const redact = compileRedaction(config.redact);
  const counter = new AlertCounter();
  const linesOf = async ({ tenant }: TemplateRequest, text: string, startNs: bigint, endNs: bigint) => {
    const params = { startNs, endNs, stepNs: 1n, limit: config.max, direction: 'backward', intervalNs: 0n } as const;
    const request = { tenant, query: text, params: { ...params, instant: false }, signal, tags: 'source=ruler' };
    const { result } = await run(request);
    return result.kind === 'LogResult' ? result.rows.map(({ line }) => cut(redact(line), config.max_line_size)) : [];
  };
  return async (request) => {
    const found = alertLogQuery(request.expr, request.labels);
    if (found === null) return NO_LOGS;
    const { startNs, endNs } = rangeOf(found, request.sampleTimeNs ?? request.timeNs);
    const logsLink = link(found.query, startNs, endNs);
    if (config.max === 0 || !counter.allows(request)) return { ...NO_LOGS, link: logsLink };
    const lines = await linesOf(request, found.query, startNs, endNs);
    const [total] = await query(countQuery(found), endNs - 1n, request.tenant);
    return { lines, count: total?.value ?? 0, link: logsLink };
  };
}

/** A range vector is `(start, end]`, a log query `[start, end)`. */
function rangeOf({ rangeNs, offsetNs }: AlertLogQuery, timeNs: bigint): { startNs: bigint; endNs: bigint } {
  const endNs = timeNs - offsetNs + 1n;
  return { startNs: endNs - rangeNs, endNs };
}

function countQuery({ query, rangeNs }: AlertLogQuery): string {
  return `sum(count_over_time(${query} [${rangeNs}ns]))`;
}

/** Throws SkaldError `bad_config` for a wrong expression. */
export function compileRedaction(rules: RulerConfig['sample_lines']['redact']): (line: string) => string {
  const steps = rules.map(({ regex, replacement }) => ({ regexp: compiled(regex), replacement }));
  return (line) => steps.reduce((text, { regexp, replacement }) => regexp.replaceAll(text, replacement, false), line);
}

function compiled(regex: string): CompiledRegexp {
  try {
    return compileRegexp(regex);
  } catch (error) {
    throw new SkaldError('bad_config', `ruler.sample_lines.redact: ${JSON.stringify(regex)}: ${messageOf(error)}`);
  }
}

/** At most `sizeMax` bytes, whole characters, with an ellipsis where something is missing. */
function cut(line: string, sizeMax: number): string {
  const bytes = encodeUtf8(line);
  if (bytes.length <= sizeMax) return line;
  let end = sizeMax;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return `${decodeUtf8(bytes, 0, end)}…`;
}

/** Counts the alerts of each rule at its newest evaluation. */
class AlertCounter {
  readonly #counts = new Map<string, { readonly timeNs: bigint; readonly series: Set<string> }>();

  allows({ tenant, name, expr, timeNs, labels }: TemplateRequest): boolean {
    const key = `${tenant} ${name} ${expr}`;
    let count = this.#counts.get(key);
    if (count?.timeNs !== timeNs) {
      if (this.#counts.size >= RULES_MAX) this.#counts.clear();
      count = { timeNs, series: new Set() };
      this.#counts.set(key, count);
    }
    if (count.series.size >= SAMPLED_ALERTS_MAX) return count.series.has(labels.key);
    count.series.add(labels.key);
    return true;
  }
}
