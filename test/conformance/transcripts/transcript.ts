import { existsSync, readFileSync } from 'node:fs';
import { sharedDirectory } from '../../support/shared-material.ts';

/** A request and its recorded answer. */
export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    /** Parsed where it was JSON. */
    readonly body: unknown;
  };
}

/** When each topic was recorded, in milliseconds. */
const RECORDED_MS = {
  tenants: 1_795_311_668_678,
  otlp: 1_795_311_673_285,
  levels: 1_795_311_678_480,
  limits: 1_795_311_684_360,
  ops: 1_795_311_719_030,
  tail: 1_795_311_690_038,
} as const;

export type Topic = keyof typeof RECORDED_MS;

const MINUTE_MS = 60_000;
const WITHIN_MS = 40 * 24 * 60 * MINUTE_MS;

/** The exchanges of a topic, none where they are absent, and how to move their times to now and back. */
export class Transcript<Item = Exchange> {
  readonly items: readonly Item[];
  readonly #recordedMs: number;
  /** Whole minutes, so that steps and buckets stay where they are. */
  readonly #shiftMs: number;

  constructor(topic: Topic) {
    const file = `${sharedDirectory}/conformance/transcripts/${topic}.json`;
    this.items = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Item[]) : [];
    this.#recordedMs = RECORDED_MS[topic];
    this.#shiftMs = Math.floor((Date.now() - this.#recordedMs) / MINUTE_MS) * MINUTE_MS;
  }

  /** A text of the recording with its times moved to now. */
  toNow(text: string): string {
    return moved(text, this.#recordedMs, this.#shiftMs);
  }

  /** A text of now with its times moved to the recording. */
  toRecording(text: string): string {
    return moved(text, this.#recordedMs + this.#shiftMs, -this.#shiftMs);
  }
}

/** Moves Unix times near `aroundMs` in seconds, milliseconds and nanoseconds, and RFC 3339 times. */
function moved(text: string, aroundMs: number, shiftMs: number): string {
  const isNear = (ms: number): boolean => Math.abs(ms - aroundMs) < WITHIN_MS;
  return text
    .replace(/\b(\d{10})(\d{3})?(\d{6})?\b/g, (digits, seconds: string, millis: string | undefined) => {
      const ms = Number(seconds) * 1000 + Number(millis ?? 0);
      if (!isNear(ms)) return digits;
      return String(ms + shiftMs).slice(0, millis === undefined ? 10 : 13) + digits.slice(13);
    })
    .replace(/\b20\d\d-\d\d-\d\d([T ])\d\d:\d\d:\d\d/g, (time, separator: string) => {
      const ms = Date.parse(`${time.replace(' ', 'T')}Z`);
      if (!isNear(ms)) return time;
      return new Date(ms + shiftMs).toISOString().slice(0, 19).replace('T', separator);
    });
}
