import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { decompressFrameSync } from 'lz4-napi';
import { SkaldError, systemErrorCode } from '../../../src/common/errors.ts';
import { type BodyLimits, type PushBody, type PushRequest, refuseLarge } from '../content.ts';
import { lz4LengthMax } from './lz4-length.ts';

/**
 * Decompresses an OTLP body and tells its format: the content type must be one of two, to the letter (features section
 * 1.1). Throws SkaldError `bad_request` or `too_large`; what is allocated is bounded by `decompressedMax`.
 */
export function readOtlpContent(request: PushRequest, limits: BodyLimits): PushBody {
  const received = request.body.length;
  if (received > limits.receivedMax) refuseLarge('compressed body', received, limits.receivedMax);
  const bytes = decompress(request.contentEncoding ?? '', request.body, limits.decompressedMax);
  if (bytes.length > limits.decompressedMax) refuseLarge('body', bytes.length, limits.decompressedMax);
  const contentType = request.contentType ?? '';
  if (contentType === 'application/json') return { format: 'json', bytes };
  if (contentType === 'application/x-protobuf') return { format: 'protobuf', bytes };
  throw new SkaldError('bad_request', `content type: ${contentType} is not supported`);
}

function decompress(encoding: string, body: Uint8Array, lengthMax: number): Uint8Array {
  switch (encoding) {
    case '':
      return body;
    case 'gzip':
      return bounded(encoding, lengthMax, () => gunzipSync(body, { maxOutputLength: lengthMax }));
    case 'zstd':
      return bounded(encoding, lengthMax, () => zstdDecompressSync(body, { maxOutputLength: lengthMax }));
    case 'lz4':
      return bounded(encoding, lengthMax, () => decompressLz4(body, lengthMax));
    default: {
      const message = `unsupported content encoding ${encoding}: only gzip, lz4 and zstd are supported`;
      throw new SkaldError('bad_request', message);
    }
  }
}

/** The decoder knows no bound of its own, so the frame is looked through first. */
function decompressLz4(body: Uint8Array, lengthMax: number): Uint8Array {
  const length = lz4LengthMax(body);
  if (length === null) throw new Error('no LZ4 frame');
  if (length > lengthMax) refuseLarge('decompressed body', null, lengthMax);
  return decompressFrameSync(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
}

function bounded(encoding: string, lengthMax: number, run: () => Uint8Array): Uint8Array {
  try {
    return run();
  } catch (error) {
    if (error instanceof SkaldError) throw error;
    if (systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE') refuseLarge('decompressed body', null, lengthMax);
    const message = `Cannot decompress OTLP request: its bytes are not ${encoding}`;
    throw new SkaldError('bad_request', message, { cause: error });
  }
}
