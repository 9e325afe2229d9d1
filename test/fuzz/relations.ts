import type { Expr, LogExpr, Stage } from '../../grammar/ast.ts';
import { print } from '../../grammar/print.ts';
import { decodeFragment, decodeUnits, encodeFragment, encodeUnits } from '../../planner/physical/codec.ts';
import type { PhysicalPlan } from '../../planner/physical/plan.ts';
import { DEFAULT_RULES } from '../../planner/rules/default-rules.ts';
import { type Answer, engineAnswer } from './answer.ts';
import { difference } from './compare-answers.ts';
import { mapLogExprs } from './edit-expr.ts';
import type { FuzzQuery } from './fuzz-query.ts';
import type { FuzzStore } from './fuzz-store.ts';
import { parsed } from './parsed.ts';

/** A property that needs no oracle: another way to ask, and what its answer must be. */
export interface Relation {
  readonly name: string;
  /** A difference, or null when the relation holds or says nothing about this query. */
  check(store: FuzzStore, query: FuzzQuery, answer: Answer): Promise<string | null>;
}

const RULES = DEFAULT_RULES.map(({ name }) => name);
const ALL_ROWS = 1_000_000;

function isLog(query: FuzzQuery): boolean {
  return parsed(query).kind === 'LogExpr';
}

function withExpr(query: FuzzQuery, change: (expr: Expr) => Expr): FuzzQuery {
  return { ...query, text: print(change(parsed(query))) };
}

/** The same query in other words must have the same answer. */
function same(name: string, reword: (query: FuzzQuery) => FuzzQuery): Relation {
  return {
    name,
    check: async (store, query, answer) => difference(await engineAnswer(store, reword(query)), answer),
  };
}

const range = { start: 0, end: 0 };
const everything: Stage = { kind: 'LineFilter', op: '|=', alternatives: [{ value: '', ip: false, range }], range };

const printed = same('printed', (query) => withExpr(query, (expr) => expr));
const emptyFilter = same('|= "" changes nothing', (query) =>
  withExpr(query, (expr) => mapLogExprs(expr, (log): LogExpr => ({ ...log, stages: [everything, ...log.stages] }))),
);
const matcherOrder = same('the order of matchers is irrelevant', (query) =>
  withExpr(query, (expr) =>
    mapLogExprs(expr, (log) => ({
      ...log,
      selector: { ...log.selector, matchers: log.selector.matchers.toReversed() },
    })),
  ),
);

const noRules: Relation = {
  name: 'the optimizer changes nothing',
  check: async (store, query, answer) => difference(await engineAnswer(store, query, { disabledRules: RULES }), answer),
};

/** One of the rules, chosen by the query: all of them would be most of the work. */
const oneRule: Relation = {
  name: 'no rule changes anything',
  check: async (store, query, answer) => {
    const rule = RULES[query.text.length % RULES.length];
    const found = difference(await engineAnswer(store, query, { disabledRules: [rule] }), answer);
    return found === null ? null : `without ${rule}: ${found}`;
  },
};

const codec: Relation = {
  name: 'a plan survives encoding',
  check: async (store, query, answer) => difference(await engineAnswer(store, query, { transform: recode }), answer),
};

function recode(plan: PhysicalPlan): PhysicalPlan {
  return {
    ...plan,
    fragments: plan.fragments.map((fragment) => ({
      ...fragment,
      ...decodeFragment(encodeFragment(fragment)),
      units: decodeUnits(encodeUnits(fragment.units)),
    })),
  };
}

const largeLimit: Relation = {
  name: 'a limit above the size changes nothing',
  check: async (store, query, answer) => {
    if (answer.kind !== 'Rows' || answer.rows.length >= query.params.limit) return null;
    return difference(await engineAnswer(store, withParams(query, { limit: ALL_ROWS })), answer);
  },
};

/** Only for queries whose rows do not depend on their neighbours. */
function unlimited(query: FuzzQuery): FuzzQuery | null {
  return isLog(query) ? withParams(query, { limit: ALL_ROWS, intervalNs: 0n }) : null;
}

const reversed: Relation = {
  name: 'forward is backward reversed',
  check: async (store, query) => {
    const all = unlimited(query);
    if (all === null) return null;
    const forward = await engineAnswer(store, withParams(all, { direction: 'forward' }));
    const backward = await engineAnswer(store, withParams(all, { direction: 'backward' }));
    return difference(inTimeOrder(backward, true), inTimeOrder(forward, false));
  },
};

/** Streams of one instant come in the same order in both directions: here in the order of their text. */
function inTimeOrder(answer: Answer, isBackward: boolean): Answer {
  if (answer.kind !== 'Rows') return answer;
  const rows = isBackward ? answer.rows.toReversed() : answer.rows;
  const byTime = Map.groupBy(rows, (row) => String((JSON.parse(row) as unknown[])[0]));
  return { kind: 'Rows', rows: [...byTime.values()].flatMap((tied) => tied.sort()) };
}

const splitTime: Relation = {
  name: 'parts of the time range make the whole',
  check: async (store, query) => {
    const all = unlimited(query);
    const { startNs, endNs } = query.params;
    const middleNs = (startNs + endNs) / 2n;
    if (all === null || middleNs <= startNs) return null;
    const first = await engineAnswer(store, withParams(all, { direction: 'forward', endNs: middleNs }));
    const second = await engineAnswer(store, withParams(all, { direction: 'forward', startNs: middleNs }));
    const whole = await engineAnswer(store, withParams(all, { direction: 'forward' }));
    if (first.kind !== 'Rows' || second.kind !== 'Rows') return difference(first, second);
    return difference({ kind: 'Rows', rows: [...first.rows, ...second.rows] }, whole);
  },
};

/** Not right around a range aggregation: there the grouping decides what is parsed (fact 46). Variants stand alone. */
const sumOfSums: Relation = {
  name: 'sum(sum by (x) (q)) is sum(q)',
  check: async (store, query, answer) => {
    if (answer.kind !== 'Series' || answer.type !== 'vector' || !isSummable(answer)) return null;
    if (['RangeAggregation', 'Variants'].includes(parsed(query).kind)) return null;
    const once = await engineAnswer(store, { ...query, text: `sum(${query.text})` });
    const twice = await engineAnswer(store, { ...query, text: `sum(sum by (app, level) (${query.text}))` });
    return difference(twice, once);
  },
};

/** Sums of values of both signs or of huge ones may differ in more than the last bits. */
function isSummable({ series }: Extract<Answer, { kind: 'Series' }>): boolean {
  return series.every(({ points }) => points.every(([, value]) => value >= 0 && value < 1e15));
}

function withParams(query: FuzzQuery, params: Partial<FuzzQuery['params']>): FuzzQuery {
  return { ...query, params: { ...query.params, ...params } };
}

export const RELATIONS: readonly Relation[] = [
  printed,
  emptyFilter,
  matcherOrder,
  noRules,
  oneRule,
  codec,
  largeLimit,
  reversed,
  splitTime,
  sumOfSums,
];
