import { crc32c } from '@node-rs/crc32';
import { MetadataVersion, type Schema } from 'apache-arrow';
import { CompressionType } from 'apache-arrow/fb/compression-type';
import { FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import {
  BodyCompression,
  BufferRegion,
  DictionaryBatch,
  FieldNode,
  Message,
  RecordBatch,
} from 'apache-arrow/ipc/metadata/message';
import type { Page } from '../../src/common/scan-unit.ts';
import { compressFrame, type FrameCodec, type FrameContent } from './frame-codec.ts';

const MAGIC = Buffer.from('ARROW1', 'latin1');
/** Bytes of a page before its frame: the raw length. */
export const PAGE_HEADER_BYTES = 8;

/** A column of a record batch in Arrow's layout: its nodes in pre-order, and their buffers. */
export interface ColumnBuffers {
  readonly nodes: readonly { readonly length: number; readonly nullCount: number }[];
  readonly buffers: readonly Uint8Array[];
  /** Of all buffers; 'any' when left out. */
  readonly content?: FrameContent;
}

export interface ArrowFile {
  readonly parts: readonly Uint8Array[];
  readonly sizeBytes: number;
  /** CRC32C of all bytes. */
  readonly checksum: number;
}

/**
 * Assembles a compressed Arrow IPC file from raw buffers and tells where every buffer went. Arrow's own writer takes
 * vectors and does not tell offsets; the flatbuffers are encoded by its classes. Order: dictionaries, record batches.
 */
export class ArrowFileWriter {
  readonly #schema: Schema;
  readonly #codec: FrameCodec;
  readonly #compression: BodyCompression;
  readonly #parts: Uint8Array[] = [];
  readonly #recordBatches: FileBlock[] = [];
  readonly #dictionaries: FileBlock[] = [];
  #position = 0;
  #checksum = 0;

  constructor(schema: Schema, codec: FrameCodec) {
    this.#schema = schema;
    this.#codec = codec;
    this.#compression = new BodyCompression(codec === 'zstd' ? CompressionType.ZSTD : CompressionType.LZ4_FRAME);
    this.#push(MAGIC);
    this.#push(new Uint8Array(2));
    this.#message(Message.from(schema));
  }

  /** The values of the dictionary with this id, once per id. */
  writeDictionary(id: number, length: number, column: ColumnBuffers): void {
    const body = this.#compress([column]);
    const batch = new DictionaryBatch(this.#batch(length, [column], body.regions), id, false);
    this.#dictionaries.push(this.#messageWithBody(Message.from(batch, body.length), body));
  }

  /** A row group. Returns a page per buffer, in order. */
  writeRecordBatch(length: number, columns: readonly ColumnBuffers[]): Page[] {
    const buffers = columns.flatMap((column) => column.buffers);
    const body = this.#compress(columns);
    const block = this.#messageWithBody(Message.from(this.#batch(length, columns, body.regions), body.length), body);
    this.#recordBatches.push(block);
    const bodyStart = block.offset + block.metaDataLength;
    return body.regions.map((region, i) => ({
      offset: bodyStart + region.offset,
      length: region.length,
      rawLength: buffers[i].length,
    }));
  }

  finish(): ArrowFile {
    this.#push(new Uint8Array(Int32Array.of(-1, 0).buffer));
    const footer = Footer.encode(new Footer(this.#schema, MetadataVersion.V5, this.#recordBatches, this.#dictionaries));
    this.#push(footer);
    this.#push(new Uint8Array(Int32Array.of(footer.length).buffer));
    this.#push(MAGIC);
    return { parts: this.#parts, sizeBytes: this.#position, checksum: this.#checksum };
  }

  #batch(length: number, columns: readonly ColumnBuffers[], regions: BufferRegion[]): RecordBatch {
    const nodes = columns.flatMap((column) => column.nodes.map((node) => new FieldNode(node.length, node.nullCount)));
    return new RecordBatch(length, nodes, regions, this.#compression);
  }

  #compress(columns: readonly ColumnBuffers[]): Body {
    const regions: BufferRegion[] = [];
    const parts: Uint8Array[] = [];
    let length = 0;
    for (const { buffers, content } of columns) {
      for (const raw of buffers) {
        if (raw.length === 0) {
          regions.push(new BufferRegion(length, 0));
          continue;
        }
        const frame = compressFrame(this.#codec, raw, content);
        const stored = PAGE_HEADER_BYTES + frame.length;
        regions.push(new BufferRegion(length, stored));
        const padding = -stored & 7;
        parts.push(new Uint8Array(BigInt64Array.of(BigInt(raw.length)).buffer), frame, new Uint8Array(padding));
        length += stored + padding;
      }
    }
    return { regions, parts, length };
  }

  #messageWithBody(message: Message, body: Body): FileBlock {
    const offset = this.#position;
    this.#message(message);
    const block = new FileBlock(this.#position - offset, body.length, offset);
    for (const part of body.parts) this.#push(part);
    return block;
  }

  #message(message: Message): void {
    const encoded = Message.encode(message);
    const padding = -encoded.length & 7;
    this.#push(new Uint8Array(Int32Array.of(-1, encoded.length + padding).buffer));
    this.#push(encoded);
    this.#push(new Uint8Array(padding));
  }

  #push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#position += bytes.length;
    this.#checksum = crc32c(bytes, this.#checksum);
  }
}

interface Body {
  readonly regions: BufferRegion[];
  readonly parts: readonly Uint8Array[];
  readonly length: number;
}
