import { deflateRawSync, gzipSync } from 'node:zlib';
import {
  encodePushBody,
  encodePushRequest as encode,
  type PushEntry,
  type PushStream,
} from '../../ingest/push/encode-loki-proto.ts';
import type { EntryBatch } from '../../storage/head/entry-batch.ts';

/** A push as tests write it: label text, and entries of time, line and metadata. */
export type TestStream = PushStream;
export type TestEntry = PushEntry;

/** Protobuf bytes of a push, not compressed. */
export function encodePushRequest(streams: readonly TestStream[]): Uint8Array {
  return encode(streams);
}

/** The body and headers of a protobuf push. */
export function protobufPush(streams: readonly TestStream[]): {
  contentType: string;
  contentEncoding: undefined;
  body: Uint8Array;
} {
  return { contentType: 'application/x-protobuf', contentEncoding: undefined, body: encodePushBody(streams) };
}

/** The body and headers of a JSON push. */
export function jsonPush(
  json: unknown,
  contentEncoding?: 'gzip' | 'deflate',
): { contentType: string; contentEncoding: string | undefined; body: Uint8Array } {
  const plain = Buffer.from(typeof json === 'string' ? json : JSON.stringify(json));
  const body =
    contentEncoding === 'gzip' ? gzipSync(plain) : contentEncoding === 'deflate' ? deflateRawSync(plain) : plain;
  return { contentType: 'application/json', contentEncoding, body };
}

/** A row of a batch as plain values. */
export interface PlainRow {
  readonly labels: string;
  readonly timestampNs: bigint;
  readonly line: string;
  readonly level: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The rows of a batch, in order. */
export function rowsOf(batch: EntryBatch | null): PlainRow[] {
  if (batch === null) return [];
  const text = (bytes: Uint8Array, start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString();
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const metadata: Record<string, string> = {};
    for (let p = batch.metadataOffsets[row]; p < batch.metadataOffsets[row + 1]; p++) {
      const name = batch.metadataNames[batch.metadataName[p]];
      const [start, end] = [batch.metadataValueOffsets[p], batch.metadataValueOffsets[p + 1]];
      metadata[name] = text(batch.metadataValues, start, end);
    }
    return {
      labels: (batch.streams[batch.stream[row]] as { key: string }).key,
      timestampNs: batch.timestamp[row],
      line: text(batch.lines, batch.lineOffsets[row], batch.lineOffsets[row + 1]),
      level: batch.level[row] === 0 ? null : batch.levels[batch.level[row] - 1],
      metadata,
    };
  });
}
