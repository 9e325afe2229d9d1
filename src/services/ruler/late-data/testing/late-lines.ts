import fc from 'fast-check';
import { Labels } from '../../../../common/labels.ts';
import { SECONDS, WriteHistory } from '../../../ingester/write-history.ts';
import type { RuleQuery } from '../../evaluate/rule-query.ts';

export const MINUTE_NS = 60_000_000_000n;

/** A line of a service, and when it came. */
export interface LateLine {
  readonly app: string;
  /** Seconds of its time, and of its arrival. */
  readonly at: number;
  readonly arrivedAt: number;
}

/** Lines of ten minutes, late by up to five. */
export const lateLines = fc.array(
  fc
    .record({ app: fc.constantFrom('a', 'b'), at: fc.nat(600), late: fc.oneof(fc.constant(0), fc.nat(300)) })
    .map(({ app, at, late }): LateLine => ({ app, at, arrivedAt: at + late })),
  { maxLength: 30 },
);

/** Answers `sum by (app) (count_over_time({app=~".+"}[1m]))` from lines, those only that have come. */
export class LineStore {
  readonly writes = new WriteHistory(SECONDS);
  readonly #lines: readonly LateLine[];
  #nowSeconds = -1;

  constructor(lines: readonly LateLine[]) {
    this.#lines = lines;
  }

  /** Lets the lines come that arrive until then. */
  advanceTo(seconds: number): void {
    const news = this.#lines.filter(({ arrivedAt }) => arrivedAt > this.#nowSeconds && arrivedAt <= seconds);
    for (const { at } of news) this.writes.note('t', BigInt64Array.of(BigInt(at) * 1_000_000_000n), 1);
    this.#nowSeconds = seconds;
  }

  /** With lines that have not come yet when `isComplete`. */
  queryOf(isComplete: boolean): RuleQuery {
    return async (_expr, timeNs) => {
      const end = Number(timeNs / 1_000_000_000n);
      const seen = this.#lines.filter(
        ({ at, arrivedAt }) => at > end - 60 && at <= end && (isComplete || arrivedAt <= this.#nowSeconds),
      );
      const apps = [...new Set(seen.map(({ app }) => app))].sort();
      return await Promise.resolve(
        apps.map((app) => ({
          labels: Labels.fromRecord({ app }),
          value: seen.filter((line) => line.app === app).length,
        })),
      );
    };
  }
}
