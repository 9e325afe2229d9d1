import type { Answer } from './answers.ts';

export type DatasetKind = 'mixed' | 'streams';

/** Where a generator puts its lines. Lines are ASCII and come in time order. */
export interface LineSink {
  /** `labels` is a stream's canonical label text. */
  add(labels: string, offsetNs: number, line: string, metadata?: readonly [name: string, value: string]): void;
}

/** What a generator knows about the lines that it made. */
export interface DatasetFacts {
  readonly streams: number;
  /** Raw line bytes of what queries select, by name; `all` is everything. */
  readonly selectedBytes: Readonly<Record<string, number>>;
  /** Identifiers that occur once, by query. */
  readonly needles: Readonly<Record<string, string>>;
  /** By query and step, see queries/. */
  readonly answers: ReadonlyMap<string, Answer>;
}
