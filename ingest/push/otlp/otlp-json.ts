import { SkaldError } from '../../../src/common/errors.ts';
import { goQuote } from '../../../src/common/go-quote.ts';
import { decodeUtf8 } from '../../../src/common/utf8.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from '../../../src/common/json-bytes.ts';
import { JsonReader } from '../json-reader.ts';
import { unescapeInPlace } from '../json-text.ts';
import { type AnyValue, checkDepth, Integer, KeyValues, textOf } from './any-value.ts';
import { type OtlpRecords, OtlpTime } from './records.ts';

const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const LETTER_F = 0x66;
const UINT64_DIGITS_MAX = 20;
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/**
 * Reads an OTLP ExportLogsServiceRequest in JSON: field names in camel case or with underscores, unknown ones are
 * skipped. Senders of many logs use protobuf; this makes texts of values. Throws SkaldError `bad_request` in the form of
 * Go's JSON iterator. The body is changed: strings are unescaped in place.
 */
export function readOtlpJson(body: Uint8Array, records: OtlpRecords): void {
  new OtlpJsonReader(body, records).read();
}

class OtlpJsonReader {
  readonly #reader: JsonReader;
  readonly #records: OtlpRecords;

  constructor(body: Uint8Array, records: OtlpRecords) {
    this.#reader = new JsonReader(body);
    this.#records = records;
  }

  read(): void {
    this.#eachMember((key) => {
      if (key === 'resourceLogs' || key === 'resource_logs') this.#eachItem(() => this.#readResourceLogs());
      else this.#reader.skipValue();
    });
  }

  #readResourceLogs(): void {
    let attributes: [string, AnyValue][] = [];
    this.#readHeadFirst(
      ['resource'],
      () => {
        this.#eachMember((key) => {
          if (key === 'attributes') attributes = this.#keyValues(0);
          else this.#reader.skipValue();
        });
      },
      () => this.#records.beginResource(new KeyValues(attributes)),
      ['scopeLogs', 'scope_logs'],
      () => this.#eachItem(() => this.#readScopeLogs()),
    );
  }

  #readScopeLogs(): void {
    this.#records.beginScope();
    this.#readHeadFirst(
      ['scope'],
      () => this.#readScope(),
      () => this.#records.endScopeAttributes(),
      ['logRecords', 'log_records'],
      () => this.#eachItem(() => this.#readRecord()),
    );
  }

  /**
   * Reads an object whose head (resource, scope) must be known before its items, in whichever order they stand: items
   * that come before the head are read again behind it.
   */
  #readHeadFirst(
    headKeys: readonly string[],
    readHead: () => void,
    endHead: () => void,
    itemKeys: readonly string[],
    readItems: () => void,
  ): void {
    const reader = this.#reader;
    const waiting: number[] = [];
    let hasHead = false;
    this.#eachMember((key) => {
      if (headKeys.includes(key) && !hasHead) {
        readHead();
        endHead();
        hasHead = true;
      } else if (!itemKeys.includes(key)) reader.skipValue();
      else if (hasHead) readItems();
      else {
        waiting.push(reader.startOfValue());
        reader.skipValue();
      }
    });
    const { head } = reader;
    if (!hasHead) endHead();
    for (const position of waiting) {
      reader.head = position;
      readItems();
    }
    reader.head = head;
  }

  #readScope(): void {
    const own = new Map<string, string>();
    this.#eachMember((key) => {
      switch (key) {
        case 'name':
          own.set('scope_name', this.#string());
          break;
        case 'version':
          own.set('scope_version', this.#string());
          break;
        case 'attributes':
          for (const [name, value] of this.#keyValues(0)) this.#records.addScopeAttribute(name, value);
          break;
        case 'droppedAttributesCount':
        case 'dropped_attributes_count':
          own.set('scope_dropped_attributes_count', this.#count(key));
          break;
        default:
          this.#reader.skipValue();
      }
    });
    this.#addPresent(own);
  }

  #addPresent(own: ReadonlyMap<string, string>): void {
    for (const [name, value] of own) if (value !== '') this.#records.addTextPair(name, value);
  }

  #readRecord(): void {
    const times = { time: new OtlpTime(), observed: new OtlpTime() };
    const own = new Map<string, string>();
    let line: AnyValue = null;
    this.#eachMember((key) => {
      if (key === 'body') line = this.#value(0);
      else if (key === 'attributes') {
        for (const [name, value] of this.#keyValues(0)) this.#records.addLogAttribute(name, value);
      } else this.#readRecordField(key, times, own);
    });
    const severity = own.get('severity_text') ?? '';
    if (this.#records.severityTextIsLabel && severity !== '') {
      own.delete('severity_text');
      this.#records.addLabel('severity_text', severity);
    }
    this.#addPresent(own);
    const start = this.#records.addText(textOf(line));
    this.#records.addRecord(times.time, times.observed, start, this.#records.size);
  }

  #readRecordField(key: string, times: { time: OtlpTime; observed: OtlpTime }, own: Map<string, string>): void {
    switch (key) {
      case 'timeUnixNano':
      case 'time_unix_nano':
        return setTime(times.time, this.#integer(key));
      case 'observedTimeUnixNano':
      case 'observed_time_unix_nano':
        return setTime(times.observed, this.#integer(key));
      case 'severityNumber':
      case 'severity_number':
        return void own.set('severity_number', this.#severity());
      case 'severityText':
      case 'severity_text':
        return void own.set('severity_text', this.#string());
      case 'droppedAttributesCount':
      case 'dropped_attributes_count':
        return void own.set('dropped_attributes_count', this.#count(key));
      case 'flags':
        return void own.set('flags', this.#count(key));
      case 'traceId':
      case 'trace_id':
        return void own.set('trace_id', this.#id(32, 'TraceID'));
      case 'spanId':
      case 'span_id':
        return void own.set('span_id', this.#id(16, 'SpanID'));
      default:
        return this.#reader.skipValue();
    }
  }

  /** A number, or the name of one. */
  #severity(): string {
    if (this.#peek() !== QUOTE) return this.#count('severityNumber');
    const [, name = '', step = '1'] = /^SEVERITY_NUMBER_([A-Z]+)([234]?)$/.exec(this.#string()) ?? [];
    const at = SEVERITIES.indexOf(name);
    return at < 0 ? '' : String(4 * at + Number(step === '' ? '1' : step));
  }

  #id(digits: number, name: string): string {
    const text = this.#string();
    if (text === '') return '';
    if (text.length !== digits) refuse(`invalid length for ${name}`);
    if (!/^[0-9a-fA-F]*$/.test(text)) refuse(`invalid byte in ${name} ${goQuote(text)}, expected hexadecimal digits`);
    return /^0*$/.test(text) ? '' : text.toLowerCase();
  }

  #keyValues(depth: number): [string, AnyValue][] {
    const pairs: [string, AnyValue][] = [];
    this.#eachItem(() => {
      let name = '';
      let value: AnyValue = null;
      this.#eachMember((key) => {
        if (key === 'key') name = this.#string();
        else if (key === 'value') value = this.#value(depth);
        else this.#reader.skipValue();
      });
      pairs.push([name, value]);
    });
    return pairs;
  }

  #value(depth: number): AnyValue {
    checkDepth(depth);
    let value: AnyValue = null;
    this.#eachMember((key) => (value = this.#oneOf(key, depth)));
    return value;
  }

  #oneOf(key: string, depth: number): AnyValue {
    switch (key) {
      case 'stringValue':
      case 'string_value':
        return this.#string();
      case 'boolValue':
      case 'bool_value':
        return this.#boolean();
      case 'intValue':
      case 'int_value':
        return new Integer(this.#integer(key));
      case 'doubleValue':
      case 'double_value':
        return this.#double();
      case 'bytesValue':
      case 'bytes_value':
        return Buffer.from(this.#string(), 'base64');
      case 'arrayValue':
      case 'array_value':
        return this.#values(depth);
      case 'kvlistValue':
      case 'kvlist_value':
        return this.#list(depth);
      default:
        this.#reader.skipValue();
        return null;
    }
  }

  #values(depth: number): AnyValue[] {
    const items: AnyValue[] = [];
    this.#eachMember((key) => {
      if (key === 'values') this.#eachItem(() => items.push(this.#value(depth + 1)));
      else this.#reader.skipValue();
    });
    return items;
  }

  #list(depth: number): KeyValues {
    let pairs: [string, AnyValue][] = [];
    this.#eachMember((key) => {
      if (key === 'values') pairs = this.#keyValues(depth + 1);
      else this.#reader.skipValue();
    });
    return new KeyValues(pairs);
  }

  #eachMember(visit: (key: string) => void): void {
    const reader = this.#reader;
    const byte = reader.nextToken();
    if (byte === LETTER_N) return this.#skipBack();
    if (byte !== OPEN_BRACE) return this.#unexpected('ReadObject', '{ or , or } or n', byte);
    let next = reader.nextToken();
    if (next === CLOSE_BRACE) return;
    if (next !== QUOTE) return this.#unexpected('ReadObject', '" after {', next);
    for (;;) {
      reader.head--;
      const key = this.#string();
      const colon = reader.nextToken();
      if (colon !== COLON) this.#unexpected('ReadObject', ': after object field', colon);
      visit(key);
      next = reader.nextToken();
      if (next === CLOSE_BRACE) return;
      if (next !== COMMA) return this.#unexpected('ReadObject', '{ or , or } or n', next);
      if (reader.nextToken() !== 0) continue;
      return this.#unexpected('ReadString', '" or n', 0);
    }
  }

  #eachItem(visit: () => void): void {
    const reader = this.#reader;
    const byte = reader.nextToken();
    if (byte === LETTER_N) return this.#skipBack();
    if (byte !== OPEN_BRACKET) return this.#unexpected('ReadArray', '[ or , or ] or n', byte);
    const first = reader.nextToken();
    if (first === CLOSE_BRACKET) return;
    if (first !== 0) reader.head--;
    for (;;) {
      visit();
      const next = reader.nextToken();
      if (next === CLOSE_BRACKET) return;
      if (next !== COMMA) return this.#unexpected('ReadArray', '[ or , or ] or n', next);
    }
  }

  /** A string; null is the empty one. */
  #string(): string {
    const reader = this.#reader;
    const byte = reader.nextToken();
    if (byte === LETTER_N) {
      this.#skipBack();
      return '';
    }
    if (byte !== QUOTE) this.#unexpected('ReadString', '" or n', byte, 'expects');
    const start = reader.head--;
    reader.skipValue();
    return decodeUtf8(reader.bytes, start, unescapeInPlace(reader.bytes, start, reader.head - 1));
  }

  #boolean(): boolean {
    const byte = this.#peek();
    if (byte !== LETTER_T && byte !== LETTER_F) {
      this.#reader.head++;
      this.#unexpected('ReadBool', 't or f', byte);
    }
    this.#reader.skipValue();
    return byte === LETTER_T;
  }

  #double(): number {
    const text = this.#number();
    const number = text === 'NaN' ? NaN : Number(text.replace(/^([+-]?)Inf$/, '$1Infinity'));
    if (text === '' || (Number.isNaN(number) && text !== 'NaN')) refuse(`invalid number ${goQuote(text)}`);
    return number;
  }

  /** An integer, written as number or string, in decimal without leading zeros. */
  #integer(name: string): string {
    const text = this.#number();
    if (!/^-?\d+$/.test(text) || text.length > UINT64_DIGITS_MAX) {
      refuse(`Cannot read OTLP request: ${name} is ${goQuote(text)}, expected an integer of 64 bits`);
    }
    return text.replace(/^(-?)0+(?=\d)/, '$1');
  }

  /** An integer that counts something, or empty when it is 0. */
  #count(name: string): string {
    const text = this.#integer(name);
    return text === '0' || text === '-0' ? '' : text;
  }

  /** The text of a number, or of a string in its place. */
  #number(): string {
    const reader = this.#reader;
    if (this.#peek() === QUOTE) return this.#string();
    const start = reader.startOfValue();
    reader.skipValue();
    return decodeUtf8(reader.bytes, start, reader.head);
  }

  #peek(): number {
    return this.#reader.bytes[this.#reader.startOfValue()] ?? 0;
  }

  /** Skips the value whose first byte was read. */
  #skipBack(): void {
    this.#reader.head--;
    this.#reader.skipValue();
  }

  #unexpected(operation: string, expected: string, found: number, verb = 'expect'): never {
    const char = found < 0x80 ? String.fromCharCode(found) : '\ufffd';
    return this.#reader.fail(operation, `${verb} ${expected}, but found ${char}`);
  }
}

function setTime(time: OtlpTime, text: string): void {
  const value = BigInt(text) & 0xffff_ffff_ffff_ffffn;
  time.setHalves(Number(value & 0xffff_ffffn), Number(value >> 32n));
}

function refuse(message: string): never {
  throw new SkaldError('bad_request', message);
}
