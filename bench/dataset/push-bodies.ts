import { encodePushBody, type PushEntry } from '../../ingest/push/encode-loki-proto.ts';
import { timestampNs } from './timeline.ts';

/** Raw line bytes of a push body. */
const BODY_BYTES = 1_000_000;

/** Packs lines into the bodies of protobuf pushes, about a megabyte of lines each, entries grouped by stream. */
export class PushBodies {
  readonly #write: (body: Uint8Array) => void;
  #entries = new Map<string, PushEntry[]>();
  #lineBytes = 0;

  constructor(write: (body: Uint8Array) => void) {
    this.#write = write;
  }

  add(labels: string, offsetNs: number, line: string, metadata?: readonly [string, string]): void {
    let entries = this.#entries.get(labels);
    if (entries === undefined) this.#entries.set(labels, (entries = []));
    entries.push({
      timestampNs: timestampNs(offsetNs),
      line,
      ...(metadata === undefined ? {} : { metadata: [metadata] }),
    });
    this.#lineBytes += line.length;
    if (this.#lineBytes >= BODY_BYTES) this.finish();
  }

  finish(): void {
    if (this.#entries.size === 0) return;
    this.#write(encodePushBody([...this.#entries].map(([labels, entries]) => ({ labels, entries }))));
    this.#entries = new Map();
    this.#lineBytes = 0;
  }
}
