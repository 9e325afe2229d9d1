import { QUOTE } from '../../src/common/json-bytes.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { goQuote } from '../../src/common/go-quote.ts';
import { parseRfc3339 } from '../../src/common/rfc3339.ts';
import { floorDiv, NS_PER_SECOND } from '../../src/common/time.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { EntrySink } from './entry-sink.ts';
import { JsonReader } from './json-reader.ts';
import { unescapeInPlace } from './json-text.ts';

/**
 * Reads the JSON body of `/api/prom/push` (features section 1.1) into the sink: label text, and entries with a time in
 * RFC 3339. Throws SkaldError `bad_request`; what the sink was given up to there is to be dropped.
 */
export function decodeLegacyJson(body: Uint8Array, sink: EntrySink): void {
  if (body.length === 0) throw new SkaldError('bad_request', 'EOF');
  new LegacyReader(body, sink).read();
}

class LegacyReader {
  readonly #reader: JsonReader;
  readonly #sink: EntrySink;

  constructor(bytes: Uint8Array, sink: EntrySink) {
    this.#reader = new JsonReader(bytes);
    this.#sink = sink;
  }

  read(): void {
    this.#eachMember({
      streams: () => this.#eachItem(() => this.#readStream()),
    });
  }

  /** Labels may stand behind the entries that they belong to. */
  #readStream(): void {
    const reader = this.#reader;
    let labels = '';
    let entriesAt = -1;
    this.#eachMember({
      labels: () => {
        const { start, end } = this.#readString('labels');
        labels = decodeUtf8(reader.bytes, start, end);
      },
      entries: () => {
        entriesAt = reader.startOfValue();
        reader.skipValue();
      },
    });
    const { head } = reader;
    this.#sink.beginStream(labels);
    if (entriesAt >= 0) {
      reader.head = entriesAt;
      this.#eachItem(() => this.#readEntry());
    }
    this.#sink.endStream();
    reader.head = head;
  }

  #readEntry(): void {
    const reader = this.#reader;
    let timestampNs = 0n;
    let line = { start: 0, end: 0 };
    this.#eachMember({
      ts: () => {
        const { start, end } = this.#readString('ts');
        timestampNs = timeOf(decodeUtf8(reader.bytes, start, end));
      },
      line: () => (line = this.#readString('line')),
    });
    const seconds = floorDiv(timestampNs, NS_PER_SECOND);
    this.#sink.addEntry(Number(seconds), Number(timestampNs - seconds * NS_PER_SECOND), line.start, line.end);
  }

  /** Reads an object; keys that nobody asked for are skipped. */
  #eachMember(readers: Readonly<Record<string, () => void>>): void {
    const reader = this.#reader;
    if (!reader.enterObject()) return;
    do {
      const key = reader.readKey();
      if (Object.hasOwn(readers, key)) readers[key]();
      else reader.skipValue();
    } while (reader.nextMember());
  }

  #eachItem(read: () => void): void {
    if (!this.#reader.enterArray()) return;
    do read();
    while (this.#reader.nextItem());
  }

  /** Reads a string, unescaped in place: where it is in the body. */
  #readString(key: string): { start: number; end: number } {
    const reader = this.#reader;
    const start = reader.startOfValue();
    if (reader.bytes[start] !== QUOTE) reader.fail('ReadString', `"${key}" is no string`);
    reader.skipValue();
    return { start: start + 1, end: unescapeInPlace(reader.bytes, start + 1, reader.head - 1) };
  }
}

function timeOf(text: string): bigint {
  const ns = parseRfc3339(text);
  if (ns !== null && BigInt.asIntN(64, ns) === ns) return ns;
  const expected = ns === null ? 'a time as in RFC 3339' : 'a time from 1677 to 2262';
  const message = `Cannot decode push request: "ts" is ${goQuote(text)}, expected ${expected}`;
  throw new SkaldError('bad_request', message);
}
