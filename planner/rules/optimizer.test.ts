import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogicalPlan } from '../logical/plan.ts';
import { OPTIMIZER_PASSES_MAX } from '../limits.ts';
import { logicalPlan, optimizedPlan, text } from '../testing/plans.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { optimize } from './optimizer.ts';
import type { Rule } from './rule.ts';

const QUERIES = [
  '{a="b"} |~ "error|warn" |= "" | json | level="error" and status>=500 | line_format "{{.msg}}"',
  'sum by (app) (rate({a="b"} | took>5s | logfmt | c=~"d.+" |~ "r.+" | e="f" |~ ".*x.*" [1m])) / sum by (app) (rate({a="b"}[1m])) * (2 + vector(1))',
  'max_over_time({a="b"} | regexp "(?P<x>.)(?P<y>.)" | unwrap x [1m]) by (app) or vector(0)',
  '{a="b"} | decolorize | logfmt | keep x | unpack != ""',
];

describe('optimize', () => {
  test('runs all rules to a fixed point', () => {
    expect(text(optimizedPlan(QUERIES[0]))).toMatchInlineSnapshot(`
      "
      Format line "{{.msg}}"
      └── TopK sort=timestamp:desc k=10
          └── Filter status>=500
              └── Filter level="error"
                  └── Parse json
                      └── Scan matchers={a="b"} line=[contains "error" or "warn"]
      "
    `);
    expect(text(optimizedPlan(QUERIES[1]))).toMatchInlineSnapshot(`
      "
      BinaryOp *
      ├── BinaryOp /
      │   ├── VectorAggregation sum by (app)
      │   │   └── RangeAggregation rate range=1m by (app)
      │   │       └── Filter c=~"d.+"
      │   │           └── Filter e="f"
      │   │               └── Parse logfmt needed=[c, e, app]
      │   │                   └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s) labels=[took>5s] line=[contains "x", matches "r.+"] columns=[timestamp, line, metadata.app, metadata.c, metadata.e]
      │   └── VectorAggregation sum by (app)
      │       └── RangeAggregation rate range=1m by (app)
      │           └── Scan matchers={a="b"} range=[3540.000000001s,7200.000000001s) columns=[timestamp, metadata.app] count-from=minutes
      └── VectorLiteral 3
      "
    `);
  });

  test('reports rules that fired once each, and the plan after every change', () => {
    const changes: [string, LogicalPlan][] = [];
    const onChange = (rule: Rule, plan: LogicalPlan): void => void changes.push([rule.name, plan]);
    const { plan, fired } = optimize(logicalPlan(QUERIES[0]), { rules: DEFAULT_RULES, onChange });
    expect(fired).toEqual([...new Set(changes.map(([name]) => name))]);
    expect(fired).toEqual([
      'SplitConjunctions',
      'SimplifyRegex',
      'EliminateNoopFilter',
      'PushDownLineFilter',
      'PushDownLimit',
      'PruneBySkipIndex',
    ]);
    expect(changes.at(-1)?.[1]).toBe(plan);
  });

  test('rules can be switched off', () => {
    const disabled = DEFAULT_RULES.map(({ name }) => name);
    const plan = logicalPlan(QUERIES[0]);
    expect(optimize(plan, { rules: DEFAULT_RULES, disabled })).toEqual({ plan, fired: [] });
    expect(optimize(plan, { rules: DEFAULT_RULES, disabled: ['PushDownLimit'] }).fired).not.toContain('PushDownLimit');
  });

  test('an unknown name is refused', () => {
    expect(() => optimize(logicalPlan('{a="b"}'), { rules: DEFAULT_RULES, disabled: ['PushDown'] })).toThrow(
      'Cannot switch off rule "PushDown": there is none; rules are FoldConstants, ',
    );
  });

  test('stops after some passes with a rule that never does', () => {
    let applied = 0;
    const restless: Rule = {
      name: 'Restless',
      apply: (plan) => {
        applied++;
        return { ...plan };
      },
    };
    expect(optimize(logicalPlan('{a="b"}'), { rules: [restless] }).fired).toEqual(['Restless']);
    expect(applied).toBe(OPTIMIZER_PASSES_MAX);
  });

  test('every subset of the rules comes to rest, and its result is left alone', () => {
    const subset = fc.subarray([...DEFAULT_RULES]);
    fc.assert(
      fc.property(fc.constantFrom(...QUERIES), subset, (query, rules) => {
        const { plan } = optimize(logicalPlan(query), { rules });
        for (const rule of rules) expect(rule.apply(plan), rule.name).toBeNull();
      }),
    );
  });

  test('every rule does its work in one application', () => {
    fc.assert(
      fc.property(fc.constantFrom(...QUERIES), fc.constantFrom(...DEFAULT_RULES), (query, rule) => {
        const changed = rule.apply(logicalPlan(query));
        if (changed !== null) expect(rule.apply(changed), rule.name).toBeNull();
      }),
    );
  });
});
