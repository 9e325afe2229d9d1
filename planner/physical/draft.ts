import { assert, unreachable } from '../../src/common/assert.ts';
import { NO_COLUMNS } from '../logical/build.ts';
import { toChain, type ChainStep } from '../logical/chain.ts';
import type { LogicalPlan, LogPlan, MetricPlan, Projection, RangeAggregation, Scan } from '../logical/plan.ts';
import { isLogPlan } from '../logical/visit.ts';
import { absentLabels } from './absent-labels.ts';
import type {
  ChunkScan,
  ExchangeSink,
  ExchangeSource,
  LogNode,
  MetricNode,
  PhysicalNode,
  RangeAggregate,
} from './plan.ts';
import { SORT_ALL } from './plan.ts';

/** A fragment before the catalog was asked. Its id is its index. */
export interface FragmentDraft {
  readonly root: ExchangeSink;
  /** The fragment's leaf, and the logical node that it comes from. */
  readonly scan: ChunkScan;
  readonly source: Scan;
  /** What a TopK of the fragment loads on top of the scan's projection. */
  readonly late: Projection;
  /** Which units are best read first. */
  readonly direction: 'forward' | 'backward';
}

export interface PlanDraft {
  readonly root: PhysicalNode;
  readonly drafts: readonly FragmentDraft[];
}

/**
 * Cuts a plan at exchanges: one fragment per scan, with everything that works row by row and the worker's own TopK or
 * partial aggregation; above, in the root, what needs the rows or accumulators of all workers. `narrow` tells
 * how little of a scan is needed, now that its streams are known.
 */
export function draftPlan(plan: LogicalPlan, narrow: (scan: Scan) => Scan): PlanDraft {
  const drafting = new Drafting(narrow);
  const root = isLogPlan(plan) ? drafting.logQuery(plan) : drafting.metric(plan);
  return { root, drafts: drafting.drafts };
}

type FragmentTop = Pick<FragmentDraft, 'late' | 'direction'>;

/** Numbers nodes and collects fragments while a plan is walked. */
class Drafting {
  readonly drafts: FragmentDraft[] = [];
  readonly #narrow: (scan: Scan) => Scan;
  #nextId = 0;

  constructor(narrow: (scan: Scan) => Scan) {
    this.#narrow = narrow;
  }

  logQuery(plan: LogPlan): LogNode {
    const { scan, steps } = toChain(plan);
    const topK = steps.find((step) => step.kind === 'TopK');
    assert(topK?.kind === 'TopK', 'a log query has a limit');
    const { direction, late } = topK;
    const merge: ChainStep = { ...topK, late: NO_COLUMNS };
    const sample = steps.find(({ kind }) => kind === 'Sample');
    if (sample === undefined) {
      const source = this.#fragment(scan, (leaf) => this.#chain(leaf, steps), { late, direction });
      return this.#chain(source, [merge]);
    }
    // A Sample needs the rows of all workers in order: the pipeline runs below the exchange, sorting and limit above it.
    const pipes = steps.filter(({ kind }) => kind === 'Pipe');
    const source = this.#fragment(scan, (leaf) => this.#chain(leaf, pipes), { late: NO_COLUMNS, direction });
    const sort: ChainStep = { kind: 'TopK', limit: SORT_ALL, direction, late: NO_COLUMNS };
    return this.#chain(source, [sort, sample, merge]);
  }

  metric(plan: MetricPlan): MetricNode {
    const id = this.#nextId++;
    switch (plan.kind) {
      case 'RangeAggregation':
        return this.#rangeAggregation(plan, id);
      case 'VectorAggregation':
        return { ...plan, kind: 'VectorAggregate', id, input: this.metric(plan.input) };
      case 'LabelReplace':
        return { ...plan, id, input: this.metric(plan.input) };
      case 'BinaryOp':
        return { ...plan, id, left: this.metric(plan.left), right: this.metric(plan.right) };
      case 'NumberLiteral':
      case 'VectorLiteral':
        return { ...plan, id };
      case 'Variants':
        return { ...plan, id, variants: plan.variants.map((variant) => this.metric(variant)) };
      default:
        return unreachable(plan);
    }
  }

  #rangeAggregation(plan: RangeAggregation, id: number): RangeAggregate {
    const { input, ...settings } = plan;
    const { scan, steps } = toChain(input);
    const absent = plan.op === 'absent_over_time' ? absentLabels(scan.matchers) : null;
    const shared = { ...settings, kind: 'RangeAggregate', absentLabels: absent } as const;
    const partial = (leaf: ChunkScan): RangeAggregate => {
      const rows = this.#chain(leaf, steps);
      return { ...shared, id: this.#nextId++, mode: 'Partial', input: rows };
    };
    const source = this.#fragment(scan, partial, { late: NO_COLUMNS, direction: 'forward' });
    return { ...shared, id, mode: 'Final', input: source };
  }

  #fragment(source: Scan, above: (leaf: ChunkScan) => LogNode | MetricNode, top: FragmentTop): ExchangeSource {
    const { matchers, range, predicates, projection, countFrom } = this.#narrow(source);
    const scan = { matchers, range, predicates, projection, ...(countFrom === undefined ? {} : { countFrom }) };
    const leaf: ChunkScan = { kind: 'ChunkScan', id: this.#nextId++, ...scan };
    const input = above(leaf);
    const root: ExchangeSink = { kind: 'ExchangeSink', id: this.#nextId++, input };
    const fragment = this.drafts.push({ root, scan: leaf, source, ...top }) - 1;
    return { kind: 'ExchangeSource', id: this.#nextId++, fragment };
  }

  #chain(leaf: LogNode, steps: readonly ChainStep[]): LogNode {
    return steps.reduce((input, step) => this.#step(input, step), leaf);
  }

  #step(input: LogNode, step: ChainStep): LogNode {
    const id = this.#nextId++;
    switch (step.kind) {
      case 'Pipe':
      case 'TopK':
      case 'Sample':
        return { ...step, id, input };
      default:
        return unreachable(step);
    }
  }
}
