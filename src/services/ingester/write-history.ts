import { tenantsIn } from '../../common/tenant.ts';
import { floorDiv, NS_PER_SECOND, type TimeRange } from '../../common/time.ts';

/** A double holds a timestamp in nanoseconds to about this: a period may be off by so much at its borders. */
const ROUNDING_NS = 4096n;
const TWO_32 = 2 ** 32;

/** Tenants that are remembered: what is forgotten counts as written. */
const TENANTS_MAX = 1000;

export interface WriteHistoryOptions {
  /** How finely times are told apart. */
  readonly periodNs: bigint;
  /** Periods that are remembered of a tenant. */
  readonly periodsMax: number;
}

/** For answers about hours. */
const MINUTES: WriteHistoryOptions = { periodNs: 60n * NS_PER_SECOND, periodsMax: 1024 };
/** For the last hour, where a minute would be too coarse: it is written to as long as it lasts. */
export const SECONDS: WriteHistoryOptions = { periodNs: NS_PER_SECOND, periodsMax: 3600 };

/** The periods of one tenant's entries that were written to, and when; the least recently written first. */
interface TenantWrites {
  readonly periods: Map<number, number>;
  /** Everything may have been written to until then. */
  forgottenUntil: number;
}

/**
 * Which times were written to since a moment: what tells an answer that still holds from one that has become old. Times
 * are those of entries; moments are counted in pushes. It errs on one side only: it may say "written" of what was not.
 */
export class WriteHistory {
  readonly #tenants = new Map<string, TenantWrites>();
  readonly #periodNs: bigint;
  readonly #periodsMax: number;
  #moment = 0;
  /** Tenants that are not in the map may have been written to until then. */
  #forgottenUntil = 0;

  constructor({ periodNs, periodsMax }: WriteHistoryOptions = MINUTES) {
    this.#periodNs = periodNs;
    this.#periodsMax = periodsMax;
  }

  /** Now. Everything that is visible in this turn was written until this moment. */
  get moment(): number {
    return this.#moment;
  }

  /** Call in the turn in which entries with these timestamps become visible. */
  note(tenant: string, timestamp: BigInt64Array, rowCount: number): void {
    this.#moment += 1;
    const writes = this.#recent(tenant);
    const halves = new Int32Array(timestamp.buffer, timestamp.byteOffset, 2 * rowCount);
    const periodNs = Number(this.#periodNs);
    let last = NaN;
    for (let i = 0; i < halves.length; i += 2) {
      const period = Math.floor((halves[i + 1] * TWO_32 + (halves[i] >>> 0)) / periodNs);
      if (period === last) continue;
      last = period;
      writes.periods.delete(period);
      writes.periods.set(period, this.#moment);
    }
    forgetOldest(writes, this.#periodsMax);
  }

  /**
   * The parts of a range of one or several tenants (src/common/tenant.ts) that were written to after a moment: sorted, and
   * not narrower than they are.
   */
  writtenSince(tenants: string, moment: number, range: TimeRange): TimeRange[] {
    const parts = tenantsIn(tenants).flatMap((tenant) => this.#writtenTo(tenant, moment, range));
    parts.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
    const merged: { start: bigint; end: bigint }[] = [];
    for (const { start, end } of parts) {
      const last = merged.at(-1);
      if (last !== undefined && start <= last.end) last.end = end > last.end ? end : last.end;
      else merged.push({ start, end });
    }
    return merged;
  }

  #writtenTo(tenant: string, moment: number, range: TimeRange): TimeRange[] {
    const writes = this.#tenants.get(tenant);
    if (moment < (writes?.forgottenUntil ?? this.#forgottenUntil)) return [range];
    if (writes === undefined || range.start >= range.end) return [];
    const first = Number(floorDiv(range.start - ROUNDING_NS, this.#periodNs));
    const last = Number(floorDiv(range.end + ROUNDING_NS, this.#periodNs));
    const parts: TimeRange[] = [];
    const add = (period: number): void => {
      const start = BigInt(period) * this.#periodNs - ROUNDING_NS;
      const end = start + this.#periodNs + 2n * ROUNDING_NS;
      parts.push({ start: start < range.start ? range.start : start, end: end > range.end ? range.end : end });
    };
    if (last - first < writes.periods.size) {
      for (let period = first; period <= last; period++) if ((writes.periods.get(period) ?? 0) > moment) add(period);
    } else {
      for (const [period, at] of writes.periods) if (at > moment && period >= first && period <= last) add(period);
    }
    return parts.filter(({ start, end }) => start < end);
  }

  /** The writes of a tenant, which becomes the most recent one. */
  #recent(tenant: string): TenantWrites {
    const known = this.#tenants.get(tenant);
    const writes = known ?? { periods: new Map<number, number>(), forgottenUntil: this.#forgottenUntil };
    this.#tenants.delete(tenant);
    this.#tenants.set(tenant, writes);
    if (this.#tenants.size > TENANTS_MAX) {
      const [oldest] = this.#tenants.keys();
      // Its last write came before this push.
      this.#forgottenUntil = this.#moment - 1;
      if (oldest !== undefined) this.#tenants.delete(oldest);
    }
    return writes;
  }
}

function forgetOldest(writes: TenantWrites, periodsMax: number): void {
  for (const [period, at] of writes.periods) {
    if (writes.periods.size <= periodsMax) return;
    writes.periods.delete(period);
    writes.forgottenUntil = Math.max(writes.forgottenUntil, at);
  }
}
