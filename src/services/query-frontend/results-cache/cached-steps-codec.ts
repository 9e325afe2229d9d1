import { crc32c } from '@node-rs/crc32';
import { compressSync, uncompressSync } from 'snappy';
import { z } from 'zod';
import { Labels } from '../../../common/labels.ts';
import type { CachedSteps } from './cached-steps.ts';

/*
 * An entry of the cache as bytes: CRC32C of the rest, length of the header, the header as JSON, zeros up to a multiple of
 * 8, the values of all series as float64, whether they are present as uint8. Little-endian. The rest may be compressed.
 */
const VERSION = 1;
const CHECKSUM_BYTES = 4;
const LENGTH_BYTES = 4;

const stepRange = z.tuple([z.number(), z.number()]).transform(([first, last]) => ({ first, last }));
const headerSchema = z.object({
  version: z.literal(VERSION),
  stamp: z.object({ process: z.string(), moment: z.number(), committed: z.string().nullable() }),
  window: stepRange,
  known: z.array(stepRange),
  labels: z.array(z.array(z.tuple([z.string(), z.string()]))),
});

export type Compression = '' | 'snappy';

export function encodeCachedSteps({ stamp, window, known, series }: CachedSteps, compression: Compression): Uint8Array {
  const header = Buffer.from(
    JSON.stringify({
      version: VERSION,
      stamp,
      window: [window.first, window.last],
      known: known.map(({ first, last }) => [first, last]),
      labels: series.map(({ labels }) => labels.pairs),
    }),
  );
  const steps = window.last - window.first + 1;
  const valuesAt = align8(LENGTH_BYTES + header.length);
  const presentAt = valuesAt + series.length * steps * 8;
  const body = new Uint8Array(presentAt + series.length * steps);
  new DataView(body.buffer).setUint32(0, header.length, true);
  body.set(header, LENGTH_BYTES);
  const values = new Float64Array(body.buffer, valuesAt, series.length * steps);
  series.forEach((one, i) => {
    values.set(one.values, i * steps);
    body.set(one.present, presentAt + i * steps);
  });
  const rest = compression === 'snappy' ? compressSync(body) : body;
  const encoded = new Uint8Array(CHECKSUM_BYTES + rest.length);
  encoded.set(rest, CHECKSUM_BYTES);
  new DataView(encoded.buffer).setUint32(0, crc32c(rest), true);
  return encoded;
}

/** Null for bytes that are damaged or of another version: then nothing is cached. */
export function decodeCachedSteps(encoded: Uint8Array, compression: Compression): CachedSteps | null {
  if (encoded.length < CHECKSUM_BYTES + LENGTH_BYTES) return null;
  const rest = encoded.subarray(CHECKSUM_BYTES);
  const checksum = new DataView(encoded.buffer, encoded.byteOffset).getUint32(0, true);
  if (crc32c(rest) !== checksum) return null;
  try {
    return decodeBody(compression === 'snappy' ? (uncompressSync(rest) as Uint8Array) : rest);
  } catch {
    return null;
  }
}

/** Throws when the bytes are not what `encodeCachedSteps` wrote. */
function decodeBody(bytes: Uint8Array): CachedSteps | null {
  // Own memory, so that values lie on multiples of 8. (`slice` of a Buffer would share it.)
  const body = new Uint8Array(bytes);
  const headerLength = new DataView(body.buffer).getUint32(0, true);
  const text = Buffer.from(body.buffer, LENGTH_BYTES, headerLength).toString('utf8');
  const { stamp, window, known, labels } = headerSchema.parse(JSON.parse(text));
  const steps = window.last - window.first + 1;
  const valuesAt = align8(LENGTH_BYTES + headerLength);
  const presentAt = valuesAt + labels.length * steps * 8;
  if (body.length !== presentAt + labels.length * steps) return null;
  const series = labels.map((pairs, i) => ({
    labels: Labels.fromSorted(pairs),
    values: new Float64Array(body.buffer, valuesAt + i * steps * 8, steps),
    present: body.subarray(presentAt + i * steps, presentAt + (i + 1) * steps),
  }));
  return { stamp, window, known, series };
}

function align8(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
