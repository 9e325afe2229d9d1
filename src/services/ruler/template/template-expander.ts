import { messageOf, SkaldError } from '../../../common/errors.ts';
import { Labels } from '../../../common/labels.ts';
import type { Template } from '../../../common/template/ast.ts';
import { executeOn } from '../../../common/template/execute.ts';
import type { FunctionTable } from '../../../common/template/function-type.ts';
import { parseTemplate } from '../../../common/template/parse.ts';
import type { LabelMap, RecordValue, Value } from '../../../common/template/value.ts';
import type { ExpandTemplate, TemplateRequest } from '../evaluate/expand-template.ts';
import type { RuleQuery, RuleSample } from '../evaluate/rule-query.ts';
import type { TextMap } from '../rules/rule-group.ts';
import type { TemplateCheck } from '../rules/template-check.ts';
import { NO_LOGS, type FindLogs, type LogSamples } from './log-samples.ts';
import { prometheusFunctions } from './prometheus-functions.ts';

/** Queries that the template of one text may ask. */
export const TEMPLATE_QUERY_MAX = 20;
/** Parsed templates that are kept. */
const PARSED_MAX = 1000;

/** What Prometheus puts before every template of an alert, on its first line. */
const PREAMBLE =
  '{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}';
/** Follows it where a text looks at its lines: errors of others are at the columns that Prometheus tells. */
const LOGS_PREAMBLE = '{{$logs := .Logs}}';

/** Texts that look at the lines of their alert: for others nothing is read. */
const USES_LOGS = /\$logs\b|\.Logs\b/;

/** The name of `.` in errors, as Go prints a struct without one. */
const ALERT_DATA =
  'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value float64 }';

export interface TemplateExpanderOptions {
  readonly query: RuleQuery;
  /** `$externalLabels` */
  readonly externalLabels: TextMap;
  /** `$externalURL`, and where links begin. */
  readonly externalUrl: string;
  /** `$logs`; absent: there are none. */
  readonly logs?: FindLogs;
}

/** Resolves templates as Prometheus does; errors have its texts. Templates are parsed once. */
export function templateExpander({
  query,
  externalLabels,
  externalUrl,
  logs,
}: TemplateExpanderOptions): ExpandTemplate {
  const functions = prometheusFunctions(externalUrl);
  const parsed = new Map<string, Template>();
  const external = labelMap(Labels.fromRecord(externalLabels));
  const compile = ({ name, text }: TemplateRequest): Template => {
    const key = `${name} ${text}`;
    const known = parsed.get(key);
    if (known !== undefined) return known;
    if (parsed.size >= PARSED_MAX) parsed.clear();
    const template = parseAlertTemplate(name, text, functions);
    parsed.set(key, template);
    return template;
  };
  return async (request) => {
    const template = attempt(`error parsing template ${request.name}`, () => compile(request));
    const found = logs !== undefined && USES_LOGS.test(request.text) ? await logs(request) : NO_LOGS;
    const dot = record(ALERT_DATA, {
      Labels: labelMap(request.labels),
      ExternalLabels: external,
      ExternalURL: externalUrl,
      Value: request.value,
      Logs: logsValue(found),
    });
    return await executeWithQueries(template, dot, request, query);
  };
}

/** For rules that are read: throws with Go's text where `text` is not a template of Prometheus. */
export const checkAlertTemplate: TemplateCheck = (name, text) => {
  parseAlertTemplate(name, text, CHECK_FUNCTIONS);
};
const CHECK_FUNCTIONS = prometheusFunctions('');

function parseAlertTemplate(name: string, text: string, functions: FunctionTable): Template {
  return parseTemplate(PREAMBLE + (USES_LOGS.test(text) ? LOGS_PREAMBLE : '') + text, name, functions);
}

/**
 * A template runs from its beginning again after each query that it asks, with the answers that are there: it is a
 * function of them, and asks the same again.
 */
async function executeWithQueries(
  template: Template,
  dot: Value,
  { name, tenant, timeNs }: TemplateRequest,
  query: RuleQuery,
): Promise<string> {
  const answers = new Map<string, Value>();
  for (;;) {
    const asked: string[] = [];
    const lookUp = (expr: string): Value => {
      const answer = answers.get(expr);
      if (answer !== undefined) return answer;
      asked.push(expr);
      throw new SkaldError('internal', 'the answer is not there');
    };
    const input = { line: '', timestampNs: timeNs, nowNs: timeNs, query: lookUp };
    try {
      return executeOn(template, dot, input);
    } catch (error) {
      const [expr] = asked;
      if (expr === undefined) throw failed(`error executing template ${name}`, error);
      if (answers.size >= TEMPLATE_QUERY_MAX) {
        throw failed(`error executing template ${name}`, `more than ${TEMPLATE_QUERY_MAX} queries`);
      }
      answers.set(expr, await ask(expr));
    }
  }

  async function ask(expr: string): Promise<Value> {
    try {
      return (await query(expr, timeNs, tenant)).map(sampleValue);
    } catch (error) {
      throw failed(`error executing template ${name}: query ${JSON.stringify(expr)}`, error);
    }
  }
}

function attempt<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw failed(what, error);
  }
}

function failed(what: string, cause: unknown): SkaldError {
  return new SkaldError('execution', `${what}: ${messageOf(cause)}`, { cause });
}

function sampleValue({ labels, value }: RuleSample): Value {
  return record('template.sample', { Labels: labelMap(labels), Value: value });
}

function logsValue({ lines, count, link }: LogSamples): Value {
  return record('skald.logs', { Lines: lines, Count: count, Link: link });
}

function record(type: string, fields: Readonly<Record<string, Value>>): RecordValue {
  return { kind: 'Record', type, fields: new Map(Object.entries(fields)) };
}

function labelMap(labels: Labels): LabelMap {
  return { kind: 'Labels', get: (name) => labels.get(name), names: () => labels.pairs.map(([name]) => name) };
}
