import { NS_PER_SECOND } from '../../src/common/time.ts';
import type { DataRandom } from './data-random.ts';

/** Every dataset covers these six hours. */
export const START_S = Date.parse('2026-01-15T10:00:00Z') / 1000;
export const SPAN_S = 6 * 3600;
export const END_S = START_S + SPAN_S;

const SPAN_NS = SPAN_S * 1e9;
const START_NS = BigInt(START_S) * NS_PER_SECOND;

/** A time as nanoseconds since START_S, which a double holds exactly. */
export const timestampNs = (offsetNs: number): bigint => START_NS + BigInt(offsetNs);

/** Whole seconds since START_S. */
export const offsetSeconds = (offsetNs: number): number => Math.floor(offsetNs / 1e9);

/**
 * Times of `count` lines: ascending, unique, with a slow swing of the rate, and never on a whole second, so that no
 * entry lies on the border of two windows.
 */
export class Timeline {
  readonly #random: DataRandom;
  readonly #count: number;
  #index = 0;
  #previous = 0;

  constructor(random: DataRandom, count: number) {
    this.#random = random;
    this.#count = count;
  }

  next(): number {
    const x = (this.#index++ + this.#random.next()) / this.#count;
    const swung = x + (0.4 * Math.sin(6 * Math.PI * x)) / (6 * Math.PI);
    let offset = Math.min(Math.max(Math.floor(swung * SPAN_NS), 1), SPAN_NS - 1e6);
    if (offset <= this.#previous) offset = this.#previous + 1;
    if (offset % 1e9 === 0) offset++;
    this.#previous = offset;
    return offset;
  }
}

/** The time of a line as texts that log formats use. Texts of a second are made once. */
export class Stamp {
  #second = -1;
  #iso = '';
  #common = '';
  #syslog = '';
  #millis = '000';

  set(offsetNs: number): void {
    this.#millis = String(Math.floor((offsetNs % 1e9) / 1e6)).padStart(3, '0');
    const second = offsetSeconds(offsetNs);
    if (second === this.#second) return;
    this.#second = second;
    const iso = new Date((START_S + second) * 1000).toISOString();
    const clock = iso.slice(11, 19);
    this.#iso = iso.slice(0, 19);
    this.#common = `15/Jan/2026:${clock} +0000`;
    this.#syslog = `Jan 15 ${clock}`;
  }

  /** `2026-01-15T10:00:00.123Z` */
  get iso(): string {
    return `${this.#iso}.${this.#millis}Z`;
  }

  /** `15/Jan/2026:10:00:00 +0000`, as in web server logs. */
  get common(): string {
    return this.#common;
  }

  /** `Jan 15 10:00:00` */
  get syslog(): string {
    return this.#syslog;
  }
}
