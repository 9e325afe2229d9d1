import { explainText } from '../../../planner/explain.ts';
import type { LogicalPlan } from '../../../planner/logical/plan.ts';
import type { PlannedQuery } from '../../../planner/plan-query.ts';
import { printLogicalPlan } from '../../../planner/print/logical.ts';
import { printPhysicalPlan } from '../../../planner/print/physical.ts';
import { DEFAULT_RULES } from '../../../planner/rules/default-rules.ts';
import { type DataSets, type State, STATES } from './data-sets.ts';
import { formatError } from './format-result.ts';
import type { Lane } from './lanes.ts';
import { querierOf, requestOf } from './run-eval.ts';
import { type Block, EPOCH_NS } from './script.ts';

/** What differs from run to run, or with the version of a compressor. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  [/\d+\.\d\d ms/g, '_ ms'],
  [/peak .*/, 'peak _'],
  [/(pages?) \(\S+ B\)$/, '$1 (_ B)'],
  [/\S+ B stored/, '_ B stored'],
];
const TIMES = { originNs: EPOCH_NS };

/** What the planner makes of a block's query, as a script shows it. */
export async function runPlan(block: Block, lane: Lane, data: DataSets): Promise<string> {
  try {
    return ['----', ...(await planLines(block, lane, data))].join('\n');
  } catch (error) {
    return formatError(error, block.query);
  }
}

async function planLines(block: Block, lane: Lane, data: DataSets): Promise<string[]> {
  const [word = '', ...others] = block.words;
  switch (block.kind) {
    case 'rules': {
      const { rulesFired } = await plan(block, lane, data);
      return rulesFired.length === 0 ? ['none'] : [...rulesFired];
    }
    case 'rewrite':
      return await rewrite(word, block, lane, data);
    case 'explain':
      return await explain(block, lane, data);
    case 'plan':
      if (others.length > 0) throw new Error(`plan does not know ${others.join(' ')}`);
      return planText(word, await plan(block, lane, data)).split('\n');
    case 'eval':
      throw new Error('eval is not a plan');
  }
}

async function plan(block: Block, lane: Lane, data: DataSets): Promise<PlannedQuery> {
  const planned = await querierOf(lane, data).plan(requestOf(block, lane, data));
  return planned;
}

function planText(kind: string, { logical, optimized, physical }: PlannedQuery): string {
  switch (kind) {
    case 'logical':
      return printLogicalPlan(logical, TIMES);
    case 'optimized':
      return printLogicalPlan(optimized, TIMES);
    case 'physical':
      return printPhysicalPlan(physical, TIMES);
    default:
      throw new Error(`plan ${kind}: expected logical, optimized or physical`);
  }
}

/** One rule alone, or several (`A,B`): the plan before, `=>`, and the plan after. */
async function rewrite(names: string, block: Block, lane: Lane, data: DataSets): Promise<string[]> {
  const known = DEFAULT_RULES.map(({ name }) => name);
  const rules = names.split(',');
  const unknown = rules.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no rule ${unknown}`);
  const disabledRules = known.filter((name) => !rules.includes(name));
  const { logical, optimized, steps } = await plan(block, { ...lane, disabledRules }, data);
  const text = (step: LogicalPlan): string[] => printLogicalPlan(step, TIMES).split('\n');
  return steps.length === 0 ? ['unchanged'] : [...text(logical), '=>', ...text(optimized)];
}

/** EXPLAIN without its blank lines and with masks. */
async function explain(block: Block, lane: Lane, data: DataSets): Promise<string[]> {
  const state = block.words.find((word): word is State => STATES.some((known) => known === word)) ?? 'flushed';
  const request = { ...requestOf(block, { ...lane, state }, data), analyze: block.words.includes('analyze') };
  const querier = querierOf(lane, data);
  const answer = request.analyze
    ? await querier.query(request)
    : { planned: await querier.plan(request), result: null };
  const verbose = block.words.includes('verbose');
  const text = explainText(answer.planned, answer.result?.statistics ?? null, { verbose, times: TIMES });
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => MASKS.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line));
}
