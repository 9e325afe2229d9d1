import { gunzipSync, inflateRawSync } from 'node:zlib';
import { uncompressSync } from 'snappy';
import { SkaldError, systemErrorCode } from '../../src/common/errors.ts';
import { goQuote } from '../../src/common/go-quote.ts';
import { parseMediaType } from './media-type.ts';

/** A push as it comes over HTTP. The decoder owns `body` and may overwrite it. */
export interface PushRequest {
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
}

/** Bounds of one body, in bytes: as received, and after decompression. */
export interface BodyLimits {
  readonly receivedMax: number;
  readonly decompressedMax: number;
}

/** Loki lets bodies grow to 5,000 MiB by default; here a push is in memory as a whole. */
export const DEFAULT_BODY_LIMITS: BodyLimits = { receivedMax: 100 * 2 ** 20, decompressedMax: 256 * 2 ** 20 };

export interface PushBody {
  readonly format: 'json' | 'protobuf';
  readonly bytes: Uint8Array;
}

/**
 * Finds out the format and decompresses. JSON is `application/json`; everything else is snappy-compressed protobuf
 * (features section 1.1). Throws SkaldError `bad_request` or `too_large`; what is allocated is bounded by
 * `decompressedMax`, whatever the body says about itself.
 */
export function readContent(request: PushRequest, limits: BodyLimits): PushBody {
  const received = request.body.length;
  if (received > limits.receivedMax) refuseLarge('compressed body', received, limits.receivedMax);
  const mediaType = parseMediaType(request.contentType);
  const bytes = decode(request.contentEncoding ?? '', request.body, limits.decompressedMax);
  if (mediaType === 'application/json') return { format: 'json', bytes };
  return { format: 'protobuf', bytes: uncompress(bytes, limits.decompressedMax) };
}

function decode(encoding: string, body: Uint8Array, lengthMax: number): Uint8Array {
  switch (encoding) {
    case '':
    case 'snappy':
      if (body.length > lengthMax) refuseLarge('body', body.length, lengthMax);
      return body;
    case 'gzip':
      return inflate('gzip', () => gunzipSync(body, { maxOutputLength: lengthMax }), lengthMax);
    case 'deflate':
      return inflate('deflate', () => inflateRawSync(body, { maxOutputLength: lengthMax }), lengthMax);
    default:
      throw new SkaldError('bad_request', `Content-Encoding ${goQuote(encoding)} not supported`);
  }
}

/** zlib writes in pieces and stops at `maxOutputLength`, so a small body that claims to be huge costs no memory. */
function inflate(encoding: string, run: () => Uint8Array, lengthMax: number): Uint8Array {
  try {
    return run();
  } catch (error) {
    if (systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') refuseLarge('decompressed body', null, lengthMax);
    const message = `Cannot decompress push request: its bytes are not ${encoding}`;
    throw new SkaldError('bad_request', message, { cause: error });
  }
}

/**
 * A snappy block says its length first, and the decompressor allocates it at once. A block can grow by at most a factor
 * of 64 / 3 (a copy of 64 bytes takes 3), so a larger claim is a lie and nothing is allocated.
 */
const SNAPPY_GROWTH_MAX = 22;

function uncompress(block: Uint8Array, lengthMax: number): Uint8Array {
  const length = declaredLength(block);
  if (length !== null && length > lengthMax) refuseLarge('decompressed body', length, lengthMax);
  if (length === null || length > block.length * SNAPPY_GROWTH_MAX) throw corruptSnappy(undefined);
  try {
    return uncompressSync(block, { asBuffer: true }) as Buffer;
  } catch (error) {
    throw corruptSnappy(error);
  }
}

function corruptSnappy(cause: unknown): SkaldError {
  return new SkaldError('bad_request', 'snappy: corrupt input', { cause });
}

/** The varint at the start of a snappy block, at most 32 bits; null when it is none. */
function declaredLength(block: Uint8Array): number | null {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    if (i >= block.length) return null;
    length += (block[i] & 0x7f) * 2 ** (7 * i);
    if (block[i] < 0x80) return length < 2 ** 32 ? length : null;
  }
  return null;
}

export function refuseLarge(what: string, length: number | null, lengthMax: number): never {
  const state = length === null ? 'is larger' : `has ${length} bytes`;
  throw new SkaldError(
    'too_large',
    `Cannot read push request: its ${what} ${state}, expected at most ${lengthMax} bytes`,
  );
}
