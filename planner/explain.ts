import type { Analysis } from './analysis.ts';
import { explainAnalysis, fragmentHeadline, nodeAnnotation } from './print/annotations.ts';
import { toJsonValue, type JsonValue } from './print/json.ts';
import { printLogicalNode, printLogicalPlan } from './print/logical.ts';
import { printPhysicalNode, printPhysicalNodes } from './print/physical.ts';
import type { TimeFormat } from './print/times.ts';
import type { LogicalPlan } from './logical/plan.ts';
import { childrenOf } from './logical/visit.ts';
import type { PhysicalNode } from './physical/plan.ts';
import { inputsOf } from './physical/visit.ts';
import type { PlannedQuery } from './plan-query.ts';

export interface ExplainOptions {
  /** Adds the plan after every rule that changed it. */
  readonly verbose?: boolean;
  /** RFC 3339 unless given. */
  readonly times?: TimeFormat;
}

/**
 * EXPLAIN for people: the logical plan, the rules that fired, the plan after them, the physical plan and its fragments
 * with estimates; with `analysis` (the statistics of a run) also what each operator and worker did.
 */
export function explainText(planned: PlannedQuery, analysis: Analysis | null, options: ExplainOptions = {}): string {
  const { times = 'rfc3339', verbose = false } = options;
  const { logical, optimized, rulesFired, steps, physical } = planned;
  const annotate = nodeAnnotation(analysis);
  const sections = [section('Logical plan', printLogicalPlan(logical, times))];
  sections.push(section('Rules that fired', rulesFired.length === 0 ? 'none' : rulesFired.join('\n')));
  if (verbose) sections.push(...steps.map(({ rule, plan }) => section(`After ${rule}`, printLogicalPlan(plan, times))));
  sections.push(section('Optimized logical plan', printLogicalPlan(optimized, times)));
  sections.push(section('Physical plan', printPhysicalNodes(physical.root, times, annotate)));
  for (const fragment of physical.fragments) {
    const headline = `Fragment ${fragment.id}`;
    const tree = printPhysicalNodes(fragment.root, times, annotate);
    sections.push(section(headline, [...fragmentHeadline(fragment), tree].join('\n')));
  }
  sections.push(section('Planning', `${planned.planMs.toFixed(2)} ms`));
  if (analysis !== null) sections.push(...explainAnalysis(analysis).map(([title, text]) => section(title, text)));
  return `${sections.join('\n\n')}\n`;
}

function section(title: string, body: string): string {
  return `${title}\n${'-'.repeat(title.length)}\n${body}`;
}

/**
 * EXPLAIN for programs: the same content as JSON values. Each node has its one-line `text`, its fields, and `inputs`;
 * 64-bit numbers and numbers that JSON lacks are strings.
 */
export function explainJson(planned: PlannedQuery, analysis: Analysis | null, options: ExplainOptions = {}): JsonValue {
  const { times = 'rfc3339', verbose = false } = options;
  const { logical, optimized, rulesFired, steps, physical, planMs } = planned;
  return {
    logical: logicalJson(logical, times),
    rulesFired: [...rulesFired],
    ...(verbose ? { steps: steps.map(({ rule, plan }) => ({ rule, plan: logicalJson(plan, times) })) } : {}),
    optimized: logicalJson(optimized, times),
    physical: {
      estimate: toJsonValue(physical.estimate),
      root: physicalJson(physical.root, times, analysis),
      fragments: physical.fragments.map((fragment) => ({
        id: fragment.id,
        estimate: toJsonValue(fragment.estimate),
        catalog: toJsonValue(fragment.catalog ?? null),
        pruning: toJsonValue(fragment.pruning ?? null),
        minutes: toJsonValue(fragment.minutes ?? null),
        root: physicalJson(fragment.root, times, analysis),
      })),
    },
    planMs,
    analysis: analysis === null ? null : analysisJson(analysis),
  };
}

/** Fields that are shown as `inputs`. */
const INPUT_FIELDS: ReadonlySet<string> = new Set(['input', 'left', 'right', 'variants']);

function fieldsOf(node: object): Record<string, JsonValue> {
  const fields = Object.entries(node).filter(([name]) => !INPUT_FIELDS.has(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, toJsonValue(value)]));
}

function logicalJson(plan: LogicalPlan, times: TimeFormat): JsonValue {
  const inputs = childrenOf(plan).map((child) => logicalJson(child, times));
  return { text: printLogicalNode(plan, times), ...fieldsOf(plan), inputs };
}

function physicalJson(node: PhysicalNode, times: TimeFormat, analysis: Analysis | null): JsonValue {
  const did = analysis?.operators.get(node.id);
  const inputs = inputsOf(node).map((input) => physicalJson(input, times, analysis));
  const statistics = did === undefined ? {} : { statistics: toJsonValue(did) };
  return { text: printPhysicalNode(node, times), ...fieldsOf(node), ...statistics, inputs };
}

/** Without the operators, which are at their nodes. */
function analysisJson(analysis: Analysis): JsonValue {
  const totals = Object.entries(analysis).filter(([name]) => name !== 'operators');
  return Object.fromEntries(totals.map(([name, value]) => [name, toJsonValue(value)]));
}
