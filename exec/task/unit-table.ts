import { decodeUnits, encodeUnits } from '../../planner/physical/codec.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';
import { assert, must } from '../../src/common/assert.ts';
import { arrivalRanks } from './arrival-ranks.ts';

/** Units that are encoded together; they share tables, and a worker decodes them when it takes one of them. */
const SLAB_UNITS = 64;

/**
 * The units of a fragment in shared memory: workers take the next one by counting up, so that idle workers take what is
 * left without asking anybody.
 */
export interface UnitTable {
  readonly count: number;
  /** Encoded units by slab. */
  readonly slabs: readonly Uint8Array[];
  readonly ranks: Uint32Array;
  /** Both inclusive. */
  readonly minTimestamps: BigInt64Array;
  readonly maxTimestamps: BigInt64Array;
  /** One item: the number of units taken; larger than `count` when none is left. */
  readonly taken: Int32Array;
}

export function createUnitTable(units: readonly ScanUnit[]): UnitTable {
  const count = units.length;
  const slabs: Uint8Array[] = [];
  for (let first = 0; first < count; first += SLAB_UNITS) {
    slabs.push(shared(encodeUnits(units.slice(first, first + SLAB_UNITS))));
  }
  return {
    count,
    slabs,
    ranks: arrivalRanks(units),
    minTimestamps: BigInt64Array.from(units, (unit) => unit.minTimestamp),
    maxTimestamps: BigInt64Array.from(units, (unit) => unit.maxTimestamp),
    taken: new Int32Array(new SharedArrayBuffer(4)),
  };
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

/** One worker's hand on a unit table. */
export class UnitQueue {
  readonly #table: UnitTable;
  #slab = -1;
  #units: readonly ScanUnit[] = [];

  constructor(table: UnitTable) {
    this.#table = table;
  }

  /** The next unit that may have entries in the range; null when none is left. */
  take(rangeNow: () => TimeRange): { readonly unit: ScanUnit; readonly rank: number } | null {
    const { count, taken, minTimestamps, maxTimestamps, ranks } = this.#table;
    for (;;) {
      const number = Atomics.add(taken, 0, 1);
      if (number >= count) return null;
      const { start, end } = rangeNow();
      if (maxTimestamps[number] < start || minTimestamps[number] >= end) continue;
      return { unit: this.#unit(number), rank: ranks[number] };
    }
  }

  #unit(number: number): ScanUnit {
    const slab = Math.floor(number / SLAB_UNITS);
    if (slab !== this.#slab) {
      this.#units = decodeUnits(must(this.#table.slabs[slab]));
      this.#slab = slab;
    }
    const unit = this.#units[number % SLAB_UNITS];
    assert(unit !== undefined, 'a slab has fewer units than it should');
    return unit;
  }
}
