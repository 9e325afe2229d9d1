import { expect } from 'vitest';
import { type ExecuteOptions, QueryEngine } from '../../../exec/engine.ts';
import type { QueryResult } from '../../../exec/result/query-result.ts';
import { decodeFragment, decodeUnits, encodeFragment, encodeUnits } from '../../../planner/physical/codec.ts';
import type { Fragment, PhysicalPlan } from '../../../planner/physical/plan.ts';
import { printPhysicalPlan } from '../../../planner/print/physical.ts';

/** Runs each plan as another process would get it, and holds the decoded plan against the original. */
export class CodecEngine extends QueryEngine {
  override async execute(plan: PhysicalPlan, options: ExecuteOptions): Promise<QueryResult> {
    const decoded = { ...plan, fragments: plan.fragments.map(throughCodec) };
    expect(printPhysicalPlan(decoded)).toBe(printPhysicalPlan(plan));
    return await super.execute(decoded, options);
  }
}

function throughCodec(fragment: Fragment): Fragment {
  const task = decodeFragment(encodeFragment(fragment));
  const units = decodeUnits(encodeUnits(fragment.units));
  expect(task.root).toEqual(fragment.root);
  expect(task.streams.map(({ key }) => key)).toEqual(fragment.streams.map(({ key }) => key));
  expect(units).toEqual(fragment.units);
  return { ...fragment, ...task, units };
}
