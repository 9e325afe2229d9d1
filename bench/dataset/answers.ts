import { createHash } from 'node:crypto';
import { SPAN_S, timestampNs } from './timeline.ts';

/** The right answer of a query step, worked out while the data was made. */
export type Answer = SeriesAnswer | LinesAnswer | VectorAnswer | CountAnswer | NamesAnswer;

/** Values by group and window; window i ends at START_S + (i + 1) * stepS. 0 may also be a missing point. */
export interface SeriesAnswer {
  readonly kind: 'Series';
  readonly stepS: number;
  /** Relative. */
  readonly tolerance: number;
  readonly groups: ReadonlyMap<string, readonly number[]>;
}

/** The lines of a log query: their number and a hash over times and lines. */
export interface LinesAnswer {
  readonly kind: 'Lines';
  readonly rows: number;
  readonly hash: string;
}

/** Values of an instant query, largest first. Which series have them is open: several may be equal. */
export interface VectorAnswer {
  readonly kind: 'Vector';
  readonly values: readonly number[];
}

export interface CountAnswer {
  readonly kind: 'Count';
  readonly count: number;
}

/** Names of which none may be missing. */
export interface NamesAnswer {
  readonly kind: 'Names';
  readonly names: readonly string[];
}

/** Sums per group and window of `stepS` seconds, windows being (start, end]. */
export class WindowSums {
  readonly #stepS: number;
  readonly #groups = new Map<string, Float64Array>();

  constructor(stepS: number) {
    this.#stepS = stepS;
  }

  add(group: string, second: number, value = 1): void {
    let sums = this.#groups.get(group);
    if (sums === undefined) this.#groups.set(group, (sums = new Float64Array(SPAN_S / this.#stepS)));
    sums[Math.floor(second / this.#stepS)] += value;
  }

  /** Sums divided by `divisor`. */
  answer(divisor = 1): SeriesAnswer {
    const groups = new Map([...this.#groups].map(([group, sums]) => [group, Array.from(sums, (sum) => sum / divisor)]));
    return { kind: 'Series', stepS: this.#stepS, tolerance: divisor === 1 ? 0 : 1e-9, groups };
  }

  /** The only group's sums over those of `total`, as one group without a name; 0 where there is nothing. */
  ratioTo(total: WindowSums): SeriesAnswer {
    const [own, all] = [this, total].map((sums) => sums.#groups.values().next().value ?? new Float64Array(0));
    const ratios = Array.from(all, (sum, i) => (sum === 0 ? 0 : (own[i] ?? 0) / sum));
    return { kind: 'Series', stepS: this.#stepS, tolerance: 1e-9, groups: new Map([['', ratios]]) };
  }
}

/** Quantiles per group and window, by linear interpolation between ranks. */
export class WindowQuantiles {
  readonly #stepS: number;
  readonly #quantile: number;
  readonly #groups = new Map<string, number[][]>();

  constructor(stepS: number, quantile: number) {
    this.#stepS = stepS;
    this.#quantile = quantile;
  }

  add(group: string, second: number, value: number): void {
    let windows = this.#groups.get(group);
    if (windows === undefined) {
      windows = Array.from({ length: SPAN_S / this.#stepS }, () => []);
      this.#groups.set(group, windows);
    }
    windows[Math.floor(second / this.#stepS)].push(value);
  }

  answer(): SeriesAnswer {
    const groups = new Map(
      [...this.#groups].map(([group, windows]) => [group, windows.map((values) => this.#of(values))]),
    );
    return { kind: 'Series', stepS: this.#stepS, tolerance: 1e-9, groups };
  }

  #of(values: readonly number[]): number {
    if (values.length === 0) return 0;
    const sorted = Float64Array.from(values).sort();
    const rank = this.#quantile * (sorted.length - 1);
    const low = Math.floor(rank);
    const weight = rank - low;
    return sorted[low] * (1 - weight) + sorted[Math.min(low + 1, sorted.length - 1)] * weight;
  }
}

/** The newest `limit` lines of those added, which come in time order. */
export class NewestLines {
  readonly #limit: number;
  #lines: string[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(offsetNs: number, line: string): void {
    this.#lines.push(`${timestampNs(offsetNs)} ${line}`);
    if (this.#lines.length > this.#limit * 8) this.#lines = this.#lines.slice(-this.#limit);
  }

  answer(): LinesAnswer {
    const lines = this.#lines.slice(-this.#limit);
    return { kind: 'Lines', rows: lines.length, hash: hashLines(lines) };
  }
}

/** Hash over `time line` texts, whatever their order. */
export function hashLines(lines: readonly string[]): string {
  return createHash('sha1')
    .update([...lines].sort().join('\n'))
    .digest('hex');
}
