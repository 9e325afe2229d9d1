import { tenantsIn } from '../../common/tenant.ts';
import { floorDiv, NS_PER_SECOND, type TimeRange } from '../../common/time.ts';

const MINUTE_NS = 60n * NS_PER_SECOND;
/** A double holds a timestamp in nanoseconds to about this: a minute may be off by so much at its borders. */
const ROUNDING_NS = 4096n;
const TWO_32 = 2 ** 32;

/** Minutes that are remembered of a tenant, and tenants that are: what is forgotten counts as written. */
const MINUTES_MAX = 1024;
const TENANTS_MAX = 1000;

/** The minutes of one tenant's entries that were written to, and when; the least recently written first. */
interface TenantWrites {
  readonly minutes: Map<number, number>;
  /** Everything may have been written to until then. */
  forgottenUntil: number;
}

/**
 * Which times were written to since a moment: what tells an answer that still holds from one that has become old. Times
 * are those of entries; moments are counted in pushes. It errs on one side only: it may say "written" of what was not.
 */
export class WriteHistory {
  readonly #tenants = new Map<string, TenantWrites>();
  #moment = 0;
  /** Tenants that are not in the map may have been written to until then. */
  #forgottenUntil = 0;

  /** Now. Everything that is visible in this turn was written until this moment. */
  get moment(): number {
    return this.#moment;
  }

  /** Call in the turn in which entries with these timestamps become visible. */
  note(tenant: string, timestamp: BigInt64Array, rowCount: number): void {
    this.#moment += 1;
    const writes = this.#recent(tenant);
    const halves = new Int32Array(timestamp.buffer, timestamp.byteOffset, 2 * rowCount);
    let last = NaN;
    for (let i = 0; i < halves.length; i += 2) {
      const minute = Math.floor((halves[i + 1] * TWO_32 + (halves[i] >>> 0)) / 6e10);
      if (minute === last) continue;
      last = minute;
      writes.minutes.delete(minute);
      writes.minutes.set(minute, this.#moment);
    }
    forgetOldest(writes);
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
    const first = Number(floorDiv(range.start - ROUNDING_NS, MINUTE_NS));
    const last = Number(floorDiv(range.end + ROUNDING_NS, MINUTE_NS));
    const parts: TimeRange[] = [];
    for (const [minute, at] of writes.minutes) {
      if (at <= moment || minute < first || minute > last) continue;
      const start = BigInt(minute) * MINUTE_NS - ROUNDING_NS;
      const end = start + MINUTE_NS + 2n * ROUNDING_NS;
      parts.push({ start: start < range.start ? range.start : start, end: end > range.end ? range.end : end });
    }
    return parts.filter(({ start, end }) => start < end);
  }

  /** The writes of a tenant, which becomes the most recent one. */
  #recent(tenant: string): TenantWrites {
    const known = this.#tenants.get(tenant);
    const writes = known ?? { minutes: new Map<number, number>(), forgottenUntil: this.#forgottenUntil };
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

function forgetOldest(writes: TenantWrites): void {
  for (const [minute, at] of writes.minutes) {
    if (writes.minutes.size <= MINUTES_MAX) return;
    writes.minutes.delete(minute);
    writes.forgottenUntil = Math.max(writes.forgottenUntil, at);
  }
}
