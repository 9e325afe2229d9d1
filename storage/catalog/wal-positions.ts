import type { WalCoverage } from '../index/index-content.ts';

interface Interval {
  first: number;
  last: number;
}

/** Which WAL records of a tenant are committed, per WAL and UTC day. */
export class WalPositions {
  /** By `<walId>/<day>`: disjoint intervals that do not touch, ascending. */
  readonly #intervals = new Map<string, Interval[]>();

  add(day: string, { walId, firstSequence, lastSequence }: WalCoverage): void {
    const key = `${walId}/${day}`;
    let { first, last } = { first: firstSequence, last: lastSequence };
    const kept: Interval[] = [];
    for (const known of this.#intervals.get(key) ?? []) {
      if (known.last + 1 < first || known.first > last + 1) kept.push(known);
      else {
        first = Math.min(first, known.first);
        last = Math.max(last, known.last);
      }
    }
    kept.push({ first, last });
    this.#intervals.set(
      key,
      kept.sort((a, b) => a.first - b.first),
    );
  }

  has(day: string, walId: string, sequence: number): boolean {
    const intervals = this.#intervals.get(`${walId}/${day}`) ?? [];
    return intervals.some(({ first, last }) => first <= sequence && sequence <= last);
  }
}
