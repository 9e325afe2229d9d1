/** OTLP logs as the JSON encoding writes them, as far as tests use them. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly bytesValue: string }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }
  | { readonly kvlistValue: { readonly values: readonly OtlpKeyValue[] } }
  | Record<string, never>;

export interface OtlpKeyValue {
  readonly key: string;
  readonly value: OtlpValue;
}

export interface OtlpRecord {
  readonly timeUnixNano?: string;
  readonly observedTimeUnixNano?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly body?: OtlpValue;
  readonly attributes?: readonly OtlpKeyValue[];
  readonly droppedAttributesCount?: number;
  readonly flags?: number;
  readonly traceId?: string;
  readonly spanId?: string;
}

export interface OtlpScope {
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: readonly OtlpKeyValue[];
  readonly droppedAttributesCount?: number;
}

export interface OtlpRequest {
  readonly resourceLogs: readonly {
    readonly resource?: { readonly attributes: readonly OtlpKeyValue[] };
    readonly scopeLogs: readonly { readonly scope?: OtlpScope; readonly logRecords: readonly OtlpRecord[] }[];
  }[];
}

type Field = Uint8Array | null;

/** The request in protobuf. `itemsFirst` writes records before their scope and resource, which readers must bear. */
export function encodeOtlpRequest({ resourceLogs }: OtlpRequest, itemsFirst = false): Uint8Array {
  const ordered = (...fields: Field[]) => message(...(itemsFirst ? fields.reverse() : fields));
  return message(
    ...resourceLogs.map(({ resource, scopeLogs }) =>
      bytes(
        1,
        ordered(
          resource === undefined ? null : bytes(1, message(...keyValues(1, resource.attributes))),
          message(
            ...scopeLogs.map(({ scope, logRecords }) =>
              bytes(
                2,
                ordered(
                  scope === undefined ? null : bytes(1, encodeScope(scope)),
                  message(...logRecords.map((record) => bytes(2, encodeRecord(record)))),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

function encodeScope({ name, version, attributes = [], droppedAttributesCount }: OtlpScope): Uint8Array {
  return message(
    text(1, name),
    text(2, version),
    ...keyValues(3, attributes),
    droppedAttributesCount === undefined ? null : varintField(4, BigInt(droppedAttributesCount)),
  );
}

function encodeRecord(record: OtlpRecord): Uint8Array {
  const { timeUnixNano, observedTimeUnixNano, severityNumber, body, attributes = [], flags } = record;
  const hex = (digits: string | undefined) => (digits === undefined ? undefined : Buffer.from(digits, 'hex'));
  return message(
    timeUnixNano === undefined ? null : fixed64(1, BigInt(timeUnixNano)),
    severityNumber === undefined ? null : varintField(2, BigInt(severityNumber)),
    text(3, record.severityText),
    body === undefined ? null : bytes(5, encodeValue(body)),
    ...keyValues(6, attributes),
    record.droppedAttributesCount === undefined ? null : varintField(7, BigInt(record.droppedAttributesCount)),
    flags === undefined ? null : fixed32(8, flags),
    text(9, hex(record.traceId)),
    text(10, hex(record.spanId)),
    observedTimeUnixNano === undefined ? null : fixed64(11, BigInt(observedTimeUnixNano)),
  );
}

function keyValues(field: number, pairs: readonly OtlpKeyValue[]): Uint8Array[] {
  return pairs.map(({ key, value }) => bytes(field, message(text(1, key), bytes(2, encodeValue(value)))));
}

function encodeValue(value: OtlpValue): Uint8Array {
  if ('stringValue' in value) return bytes(1, Buffer.from(value.stringValue));
  if ('boolValue' in value) return varintField(2, value.boolValue ? 1n : 0n);
  if ('intValue' in value) return varintField(3, BigInt.asUintN(64, BigInt(value.intValue)));
  if ('doubleValue' in value) return double(4, value.doubleValue);
  if ('arrayValue' in value) {
    return bytes(5, message(...value.arrayValue.values.map((item) => bytes(1, encodeValue(item)))));
  }
  if ('kvlistValue' in value) return bytes(6, message(...keyValues(1, value.kvlistValue.values)));
  if ('bytesValue' in value) return bytes(7, Buffer.from(value.bytesValue, 'base64'));
  return new Uint8Array(0);
}

function message(...fields: Field[]): Uint8Array {
  return Buffer.concat(fields.filter((field) => field !== null));
}

function text(field: number, content: string | Uint8Array | undefined): Field {
  return content === undefined ? null : bytes(field, Buffer.from(content as string));
}

function bytes(field: number, content: Uint8Array): Uint8Array {
  return message(varint(BigInt(field * 8 + 2)), varint(BigInt(content.length)), content);
}

function varintField(field: number, value: bigint): Uint8Array {
  return message(varint(BigInt(field * 8)), varint(value));
}

function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...out, Number(rest)]);
}

function fixed64(field: number, value: bigint): Uint8Array {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(value);
  return message(varint(BigInt(field * 8 + 1)), content);
}

function fixed32(field: number, value: number): Uint8Array {
  const content = Buffer.alloc(4);
  content.writeUInt32LE(value);
  return message(varint(BigInt(field * 8 + 5)), content);
}

function double(field: number, value: number): Uint8Array {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return message(varint(BigInt(field * 8 + 1)), content);
}
