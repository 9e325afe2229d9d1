import type { Expr } from '../../../../grammar/ast.ts';
import type { WriteHistory } from '../../ingester/write-history.ts';
import { reachOf, type Reach } from '../../query-frontend/data-range.ts';

/** What pushes wrote to, and when: of tenants that have a grace period. */
export type LateWrites = Pick<WriteHistory, 'moment' | 'writtenSince'>;

/** Evaluations of one rule that are remembered, and series of all of them together. */
const EVALUATIONS_MAX = 1000;
const SERIES_MAX = 100_000;

export interface PastEvaluation {
  /** The evaluation's time, and the one that its query looked at: `query_offset` before. */
  readonly timeNs: bigint;
  readonly sampleTimeNs: bigint;
  /** Of the writes: before its query ran. What was written later may not be in it. */
  moment: number;
  /** How many series it has, for the bound on all. */
  readonly seriesCount: number;
}

/** The last evaluations of one rule, oldest first, and which of them would have seen what was written since. */
export class EvaluationHistory<T extends PastEvaluation> {
  readonly #tenant: string;
  /** Null: the rule reads nothing. */
  readonly #reach: Reach | null;
  readonly #writes: LateWrites;
  #evaluations: T[] = [];
  #seriesCount = 0;

  constructor(tenant: string, expr: Expr, writes: LateWrites) {
    this.#tenant = tenant;
    this.#reach = reachOf(expr);
    this.#writes = writes;
  }

  get evaluations(): readonly T[] {
    return this.#evaluations;
  }

  /** More than is remembered: the oldest must go. */
  get isFull(): boolean {
    return this.#evaluations.length > EVALUATIONS_MAX || this.#seriesCount > SERIES_MAX;
  }

  add(evaluation: T): void {
    this.#evaluations.push(evaluation);
    this.#seriesCount += evaluation.seriesCount;
  }

  forgetOldest(): void {
    this.#seriesCount -= this.#evaluations.shift()?.seriesCount ?? 0;
  }

  clear(): void {
    this.#evaluations = [];
    this.#seriesCount = 0;
  }

  /** Whether entries came since that the query of the evaluation would have read. It may err by a second, on this side only. */
  isTouched({ sampleTimeNs, moment }: T): boolean {
    if (this.#reach === null) return false;
    const { backNs, aheadNs } = this.#reach;
    const range = { start: sampleTimeNs - backNs + 1n, end: sampleTimeNs - aheadNs + 1n };
    return this.#writes.writtenSince(this.#tenant, moment, range).length > 0;
  }
}
