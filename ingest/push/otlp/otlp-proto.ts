import { SkaldError } from '../../../src/common/errors.ts';
import { decodeUtf8 } from '../../../src/common/utf8.ts';
import { type AnyValue, checkDepth, Integer, KeyValues, textOf } from './any-value.ts';
import { OtlpTime, type OtlpRecords } from './records.ts';
import { BYTES, FIXED32, FIXED64, VARINT, WireReader } from './wire-reader.ts';

/**
 * Reads an OTLP ExportLogsServiceRequest in protobuf. Unknown fields are skipped. Texts of records are not copied: most
 * of them are positions in the body. Throws SkaldError `bad_request`.
 */
export function readOtlpProto(body: Uint8Array, records: OtlpRecords): void {
  new OtlpProtoReader(body, records).read();
}

const NO_TEXT = -1;

type ReadMessage = (start: number, stop: number) => void;

class OtlpProtoReader {
  readonly #wire: WireReader;
  readonly #records: OtlpRecords;
  readonly #time = new OtlpTime();
  readonly #observed = new OtlpTime();
  /** What `#findString` has found. */
  #textStart = NO_TEXT;
  #textEnd = 0;
  #lineStart = 0;
  #lineEnd = 0;

  constructor(body: Uint8Array, records: OtlpRecords) {
    this.#wire = new WireReader(body);
    this.#records = records;
  }

  read(): void {
    const wire = this.#wire;
    while (wire.next(wire.bytes.length)) {
      if (wire.field === 1) this.#within('ResourceLogs', (start, stop) => this.#readResourceLogs(start, stop));
    }
  }

  /** Reads the message at hand and goes on behind it. */
  #within(name: string, read: ReadMessage): void {
    const wire = this.#wire;
    wire.expect(BYTES, name);
    const { start, stop } = wire;
    wire.at = start;
    read(start, stop);
    wire.at = stop;
  }

  /** Reads every field `field` of the message `[start, stop)`; others are passed over. */
  #eachField(start: number, stop: number, field: number, name: string, read: ReadMessage): void {
    const wire = this.#wire;
    wire.at = start;
    while (wire.next(stop)) if (wire.field === field) this.#within(name, read);
  }

  /** The resource first: it may stand behind its records. */
  #readResourceLogs(start: number, stop: number): void {
    const attributes: [string, AnyValue][] = [];
    this.#eachField(start, stop, 1, 'Resource', (first, last) => {
      this.#eachField(first, last, 1, 'Attributes', (from, to) => attributes.push(this.#keyValue(from, to, 0)));
    });
    this.#records.beginResource(new KeyValues(attributes));
    this.#eachField(start, stop, 2, 'ScopeLogs', (from, to) => this.#readScopeLogs(from, to));
  }

  #readScopeLogs(start: number, stop: number): void {
    this.#records.beginScope();
    this.#eachField(start, stop, 1, 'Scope', (from, to) => this.#readScope(from, to));
    this.#records.endScopeAttributes();
    this.#eachField(start, stop, 2, 'LogRecords', (from, to) => this.#readRecord(from, to));
  }

  #readScope(start: number, stop: number): void {
    const wire = this.#wire;
    const own: [string, string][] = [];
    wire.at = start;
    while (wire.next(stop)) {
      if (wire.field === 3) this.#addAttribute('scope');
      else if (wire.field === 1) own.push(['scope_name', this.#text('Name')]);
      else if (wire.field === 2) own.push(['scope_version', this.#text('Version')]);
      else if (wire.field === 4) own.push(['scope_dropped_attributes_count', this.#count('DroppedAttributesCount')]);
    }
    for (const [name, value] of own) if (value !== '') this.#records.addTextPair(name, value);
  }

  #readRecord(start: number, stop: number): void {
    const wire = this.#wire;
    this.#time.clear();
    this.#observed.clear();
    this.#lineStart = 0;
    this.#lineEnd = 0;
    wire.at = start;
    while (wire.next(stop)) if (wire.field === 6) this.#addAttribute('log');
    wire.at = start;
    while (wire.next(stop)) this.#readRecordField();
    this.#records.addRecord(this.#time, this.#observed, this.#lineStart, this.#lineEnd);
  }

  #readRecordField(): void {
    const wire = this.#wire;
    switch (wire.field) {
      case 1:
        return this.#readTime(this.#time, 'TimeUnixNano');
      case 11:
        return this.#readTime(this.#observed, 'ObservedTimeUnixNano');
      case 2:
        wire.expect(VARINT, 'SeverityNumber');
        return this.#addCount('severity_number', wire.low | 0);
      case 3:
        return this.#addSeverityText();
      case 5:
        return this.#readBody();
      case 7:
        wire.expect(VARINT, 'DroppedAttributesCount');
        return this.#addCount('dropped_attributes_count', wire.low);
      case 8:
        wire.expect(FIXED32, 'Flags');
        return this.#addCount('flags', wire.low);
      case 9:
        return this.#addId('trace_id', 16, 'TraceID');
      case 10:
        return this.#addId('span_id', 8, 'SpanID');
      default:
    }
  }

  #readTime(time: OtlpTime, name: string): void {
    this.#wire.expect(FIXED64, name);
    time.setHalves(this.#wire.low, this.#wire.high);
  }

  #addSeverityText(): void {
    const { start, stop, bytes } = this.#wire;
    this.#wire.expect(BYTES, 'SeverityText');
    if (start === stop) return;
    if (this.#records.severityTextIsLabel) this.#records.addLabel('severity_text', decodeUtf8(bytes, start, stop));
    else this.#records.addNamed('severity_text', start, stop);
  }

  #addCount(name: string, count: number): void {
    if (count !== 0) this.#records.addTextPair(name, String(count));
  }

  #addId(name: string, length: number, field: string): void {
    const { start, stop, bytes } = this.#wire;
    this.#wire.expect(BYTES, field);
    if (start === stop) return;
    if (stop - start !== length) throw new SkaldError('bad_request', `invalid length for ${field}`);
    const id = Buffer.from(bytes.buffer, bytes.byteOffset + start, length);
    if (id.some((byte) => byte !== 0)) this.#records.addTextPair(name, id.toString('hex'));
  }

  #text(name: string): string {
    const { bytes, start, stop } = this.#wire;
    this.#wire.expect(BYTES, name);
    return decodeUtf8(bytes, start, stop);
  }

  /** A number, or empty when it is 0. */
  #count(name: string): string {
    this.#wire.expect(VARINT, name);
    return this.#wire.low === 0 ? '' : String(this.#wire.low);
  }

  #readBody(): void {
    const wire = this.#wire;
    wire.expect(BYTES, 'Body');
    const { start, stop } = wire;
    if (this.#findString(start, stop)) {
      this.#lineStart = this.#textStart;
      this.#lineEnd = this.#textEnd;
    } else {
      this.#lineStart = this.#records.addText(textOf(this.#value(start, stop, 0)));
      this.#lineEnd = this.#records.size;
    }
    wire.at = stop;
  }

  /** Finds the string that the AnyValue `[start, stop)` is; false when it is none. */
  #findString(start: number, stop: number): boolean {
    const wire = this.#wire;
    this.#textStart = NO_TEXT;
    wire.at = start;
    while (wire.next(stop)) {
      if (wire.field !== 1) return false;
      wire.expect(BYTES, 'StringValue');
      this.#textStart = wire.start;
      this.#textEnd = wire.stop;
    }
    return this.#textStart !== NO_TEXT;
  }

  /** Adds the KeyValue at hand. A string under a key, which nearly all are, costs no text unless there are rules. */
  #addAttribute(kind: 'scope' | 'log'): void {
    const wire = this.#wire;
    wire.expect(BYTES, 'Attributes');
    const { start, stop } = wire;
    let nameStart = start;
    let nameEnd = start;
    let valueStart = start;
    let valueEnd = start;
    wire.at = start;
    while (wire.next(stop)) {
      if (wire.field === 1) {
        wire.expect(BYTES, 'Key');
        nameStart = wire.start;
        nameEnd = wire.stop;
      } else if (wire.field === 2) {
        wire.expect(BYTES, 'Value');
        valueStart = wire.start;
        valueEnd = wire.stop;
      }
    }
    const records = this.#records;
    if (records.keepsAll(kind) && this.#findString(valueStart, valueEnd)) {
      records.addPair(nameStart, nameEnd, this.#textStart, this.#textEnd);
    } else {
      const key = decodeUtf8(wire.bytes, nameStart, nameEnd);
      const value = this.#value(valueStart, valueEnd, 0);
      if (kind === 'scope') records.addScopeAttribute(key, value);
      else records.addLogAttribute(key, value);
    }
    wire.at = stop;
  }

  #keyValue(start: number, stop: number, depth: number): [string, AnyValue] {
    const wire = this.#wire;
    let key = '';
    let value: AnyValue = null;
    wire.at = start;
    while (wire.next(stop)) {
      if (wire.field === 1) key = this.#text('Key');
      else if (wire.field === 2) this.#within('Value', (from, to) => (value = this.#value(from, to, depth)));
    }
    return [key, value];
  }

  #value(start: number, stop: number, depth: number): AnyValue {
    checkDepth(depth);
    const wire = this.#wire;
    let value: AnyValue = null;
    wire.at = start;
    while (wire.next(stop)) value = this.#oneOf(depth) ?? value;
    return value;
  }

  #oneOf(depth: number): AnyValue {
    const wire = this.#wire;
    switch (wire.field) {
      case 1:
        return this.#text('StringValue');
      case 2:
        wire.expect(VARINT, 'BoolValue');
        return wire.low !== 0 || wire.high !== 0;
      case 3:
        wire.expect(VARINT, 'IntValue');
        return new Integer(wire.int64Text());
      case 4:
        wire.expect(FIXED64, 'DoubleValue');
        return wire.double();
      case 5: {
        const items: AnyValue[] = [];
        this.#within('ArrayValue', (start, stop) => {
          this.#eachField(start, stop, 1, 'Values', (from, to) => items.push(this.#value(from, to, depth + 1)));
        });
        return items;
      }
      case 6: {
        const pairs: [string, AnyValue][] = [];
        this.#within('KvlistValue', (start, stop) => {
          this.#eachField(start, stop, 1, 'Values', (from, to) => pairs.push(this.#keyValue(from, to, depth + 1)));
        });
        return new KeyValues(pairs);
      }
      case 7:
        wire.expect(BYTES, 'BytesValue');
        return Buffer.from(wire.bytes.subarray(wire.start, wire.stop));
      default:
        return null;
    }
  }
}
