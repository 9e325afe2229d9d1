import { goQuote } from '../../../src/common/go-quote.ts';
import { compareUtf8, utf8Length } from '../../../src/common/utf8.ts';
import { normalizeMetadataName, METADATA_PAIRS_MAX } from '../../structured-metadata.ts';
import { NANOS_PER_SECOND } from '../../timestamp.ts';
import type { EntrySink } from '../entry-sink.ts';
import { type AnyValue, checkDepth, KeyValues, textOf } from './any-value.ts';
import type { OtlpRules } from './attribute-actions.ts';

const SERVICE_NAME = 'service_name';
const UNKNOWN_SERVICE = 'unknown_service';

/** Texts that are written once for all records. */
const KNOWN_TEXTS_MAX = 4096;

/** Where a list of pairs starts and ends. */
interface Span {
  start: number;
  end: number;
}

/** Numbers per pair, and per record, in the lists below. */
const PAIR = 4;
const RECORD = 8;

export interface RecordsOptions {
  /** Labels that a service name is taken from; none switches discovery off. */
  readonly serviceNames: readonly string[];
  /** For records without a time of their own. */
  readonly nowNs: bigint;
  /** What becomes of attributes. */
  readonly rules: OtlpRules;
}

/** A label set of records: that of their resource, with what records add to it. */
interface RecordStream {
  readonly resource: number;
  readonly labels: string;
}

/**
 * The log records of an OTLP request, as positions of texts: in the body as it came, or behind it, where what the body
 * does not spell out is written (numbers, hexadecimal ids, JSON of maps). Attributes of resources and scopes are kept
 * once. Call order: resource, its attributes, scope, its attributes, record by record its attributes and then
 * `addRecord`.
 */
export class OtlpRecords {
  readonly #body: Uint8Array;
  readonly #options: RecordsOptions;
  readonly #texts: string[] = [];
  readonly #known = new Map<string, number>();
  #size: number;
  /** Name start, name end, value start, value end. */
  readonly #pairs: number[] = [];
  /** Seconds, nanoseconds, line start, line end, first pair, last pair, stream, scope. */
  readonly #records: number[] = [];
  readonly #resources: { readonly labels: ReadonlyMap<string, string>; readonly pairs: Span }[] = [];
  readonly #streams: RecordStream[] = [];
  /** Streams of the current resource by the labels that their records add; the empty text is the resource's own. */
  readonly #ownStreams = new Map<string, number>();
  /** Labels of the record that is being read. */
  #ownLabels: [name: string, value: string][] = [];
  readonly #scopes: Span[] = [];
  #lineBytes = 0;
  #pairStart = 0;

  constructor(body: Uint8Array, options: RecordsOptions) {
    this.#body = body;
    this.#options = options;
    this.#size = body.length;
  }

  /** Starts a resource: its attributes are labels of its records, metadata of each of them, or dropped. */
  beginResource(attributes: KeyValues): void {
    const { rules, serviceNames } = this.#options;
    const labels = new Map<string, string>();
    const found = { service: attributes.pairs.some(([key, value]) => key === 'service.name' && textOf(value) !== '') };
    const start = this.#pairs.length;
    for (const [key, value] of attributes.pairs) {
      const action = rules.resource.of(key);
      if (action === 'structured_metadata') this.#addMetadata(key, value);
      else if (action === 'index_label') {
        eachLeaf(key, value, (name, text) => this.#addLabel(labels, found, normalizeMetadataName(name), text));
      }
    }
    if (!found.service && serviceNames.length > 0) labels.set(SERVICE_NAME, UNKNOWN_SERVICE);
    this.#resources.push({ labels, pairs: { start, end: this.#pairs.length } });
    this.#ownStreams.clear();
  }

  beginScope(): void {
    this.#scopes.push({ start: this.#pairs.length, end: this.#pairs.length });
  }

  endScopeAttributes(): void {
    (this.#scopes.at(-1) as Span).end = this.#pairs.length;
    this.#pairStart = this.#pairs.length;
  }

  /**
   * A pair of the scope or record that is being read; texts are parts of the body or of `addText`. An empty value is as
   * good as no pair.
   */
  addPair(nameStart: number, nameEnd: number, valueStart: number, valueEnd: number): void {
    if (valueStart < valueEnd) this.#pairs.push(nameStart, nameEnd, valueStart, valueEnd);
  }

  /** A pair whose value is a part of the body. */
  addNamed(name: string, valueStart: number, valueEnd: number): void {
    const at = this.#repeatedText(name);
    this.#pairs.push(at, at + utf8Length(name), valueStart, valueEnd);
  }

  addTextPair(name: string, value: string): void {
    const at = this.#repeatedText(value);
    this.addNamed(name, at, at + utf8Length(value));
  }

  addScopeAttribute(key: string, value: AnyValue): void {
    if (this.#options.rules.scope.of(key) === 'structured_metadata') this.#addMetadata(key, value);
  }

  addLogAttribute(key: string, value: AnyValue): void {
    const action = this.#options.rules.log.of(key);
    if (action === 'structured_metadata') this.#addMetadata(key, value);
    else if (action === 'index_label') {
      eachLeaf(key, value, (name, text) => this.addLabel(normalizeMetadataName(name), text));
    }
  }

  /** Whether every attribute of this kind is structured metadata. */
  keepsAll(kind: 'scope' | 'log'): boolean {
    return this.#options.rules[kind].isEmpty;
  }

  get severityTextIsLabel(): boolean {
    return this.#options.rules.severityTextAsLabel;
  }

  /** A label of the record that is being read. */
  addLabel(name: string, value: string): void {
    this.#ownLabels.push([name, value]);
  }

  /** Maps become one pair for each of their leaves, named with the keys above it. */
  #addMetadata(key: string, value: AnyValue): void {
    eachLeaf(key, value, (name, text) => {
      if (text !== '') this.addTextPair(name, text);
    });
  }

  /** Puts a text behind the body and returns where it starts; it ends where the next one starts, at `size`. */
  addText(text: string): number {
    const start = this.#size;
    this.#texts.push(text);
    this.#size += utf8Length(text);
    return start;
  }

  get size(): number {
    return this.#size;
  }

  /** As addText, for texts that may come again: names, small numbers. */
  #repeatedText(text: string): number {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const at = this.addText(text);
    if (this.#known.size < KNOWN_TEXTS_MAX) this.#known.set(text, at);
    return at;
  }

  /** Adds the record whose pairs were added since the last one. Its time is `time`, else `observed`, else now. */
  addRecord(time: OtlpTime, observed: OtlpTime, lineStart: number, lineEnd: number): void {
    if (!time.isZero && !observed.isZero) this.addTextPair('observed_timestamp', observed.toString());
    const stored = time.isZero ? observed : time;
    const { nowNs } = this.#options;
    const seconds = stored.isZero ? Number(nowNs / BigInt(NANOS_PER_SECOND)) : stored.seconds;
    const nanos = stored.isZero ? Number(nowNs % BigInt(NANOS_PER_SECOND)) : stored.nanos;
    const pairEnd = this.#pairs.length;
    const stream = this.#streamOfRecord();
    this.#records.push(seconds, nanos, lineStart, lineEnd, this.#pairStart, pairEnd, stream, this.#scopes.length - 1);
    this.#pairStart = pairEnd;
    this.#ownLabels = [];
    this.#lineBytes += lineEnd - lineStart;
  }

  #streamOfRecord(): number {
    const own = this.#ownLabels;
    const key = own.length === 0 ? '' : JSON.stringify(own);
    const known = this.#ownStreams.get(key);
    if (known !== undefined) return known;
    const resource = this.#resources.length - 1;
    const { labels } = this.#resources[resource];
    const stream = this.#streams.length;
    this.#streams.push({ resource, labels: labelText(own.length === 0 ? labels : new Map([...labels, ...own])) });
    this.#ownStreams.set(key, stream);
    return stream;
  }

  /**
   * The buffer that an EntrySink is to own for `writeTo`: room for all lines, then body and texts. Lines are moved into
   * the room, so that what several records refer to stays as it is.
   */
  buffer(): Uint8Array {
    const buffer = Buffer.allocUnsafe(this.#lineBytes + this.#size);
    buffer.set(this.#body, this.#lineBytes);
    let at = this.#lineBytes + this.#body.length;
    for (const text of this.#texts) at += buffer.write(text, at);
    return buffer;
  }

  /** Writes every record to a sink that owns `buffer()`. */
  writeTo(sink: EntrySink): void {
    const records = this.#records;
    const shift = this.#lineBytes;
    let current = -1;
    for (let at = 0; at < records.length; at += RECORD) {
      const stream = records[at + 6];
      if (stream !== current) {
        if (current >= 0) sink.endStream();
        sink.beginStream(this.#streams[stream].labels);
        current = stream;
      }
      const { pairs } = this.#resources[this.#streams[stream].resource];
      const scope = this.#scopes[records[at + 7]];
      let room = PAIRS_WRITTEN_MAX;
      room -= this.#writePairs(sink, records[at + 4], records[at + 5], room);
      room -= this.#writePairs(sink, pairs.start, pairs.end, room);
      this.#writePairs(sink, scope.start, scope.end, room);
      sink.addEntry(records[at], records[at + 1], shift + records[at + 2], shift + records[at + 3]);
    }
    if (current >= 0) sink.endStream();
  }

  #writePairs(sink: EntrySink, start: number, end: number, countMax: number): number {
    const pairs = this.#pairs;
    const shift = this.#lineBytes;
    const last = Math.min(end, start + PAIR * countMax);
    for (let at = start; at < last; at += PAIR) {
      sink.addMetadata(shift + pairs[at], shift + pairs[at + 1], shift + pairs[at + 2], shift + pairs[at + 3]);
    }
    return (last - start) / PAIR;
  }

  /** A service name that is missing is that of the first label that can stand for it, in the order of attributes. */
  #addLabel(labels: Map<string, string>, found: { service: boolean }, name: string, value: string): void {
    labels.set(name, value);
    if (found.service || !this.#options.serviceNames.includes(name)) return;
    labels.set(SERVICE_NAME, value);
    found.service = true;
  }
}

/** One more than any entry may have: the entry is refused, at the cost of no more than this. */
const PAIRS_WRITTEN_MAX = METADATA_PAIRS_MAX + 1;

/** Unsigned 64-bit nanoseconds in two exact parts. */
export class OtlpTime {
  seconds = 0;
  nanos = 0;

  get isZero(): boolean {
    return this.seconds === 0 && this.nanos === 0;
  }

  /** From 32-bit halves: long division by 10^9, 16 bits at a time, where every step is exact. */
  setHalves(low: number, high: number): void {
    let rest = 0;
    let seconds = 0;
    for (let i = 0; i < 4; i++) {
      const word = i < 2 ? high : low;
      const value = rest * 65_536 + (i % 2 === 0 ? word >>> 16 : word & 0xffff);
      const quotient = Math.floor(value / NANOS_PER_SECOND);
      seconds = seconds * 65_536 + quotient;
      rest = value - quotient * NANOS_PER_SECOND;
    }
    this.seconds = seconds;
    this.nanos = rest;
  }

  clear(): void {
    this.seconds = 0;
    this.nanos = 0;
  }

  /** Nanoseconds in decimal. */
  toString(): string {
    if (this.seconds === 0) return String(this.nanos);
    return `${this.seconds}${String(this.nanos).padStart(9, '0')}`;
  }
}

function eachLeaf(name: string, value: AnyValue, visit: (name: string, text: string) => void, depth = 0): void {
  checkDepth(depth);
  if (!(value instanceof KeyValues)) return visit(name, textOf(value));
  for (const [key, member] of value.pairs) eachLeaf(`${name}_${key}`, member, visit, depth + 1);
}

function labelText(labels: ReadonlyMap<string, string>): string {
  const pairs = [...labels].filter(([, value]) => value !== '').sort(([a], [b]) => compareUtf8(a, b));
  return `{${pairs.map(([name, value]) => `${name}=${goQuote(value)}`).join(', ')}}`;
}
