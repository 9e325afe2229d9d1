import { decodeUtf8, encodeUtf8 } from '../../src/common/utf8.ts';
import type { IndexSummary, WalCoverage } from './index-content.ts';
import { corruptIndex } from './index-format.ts';

/** The summary section: JSON, 64-bit numbers as text (docs/format/index.md). */
export function encodeSummary(summary: IndexSummary): Uint8Array {
  const { minTimestamp, maxTimestamp, coverage, chunkKey, ...rest } = summary;
  return encodeUtf8(
    JSON.stringify({
      ...rest,
      chunk: chunkKey,
      minTimestamp: String(minTimestamp),
      maxTimestamp: String(maxTimestamp),
      coverage: coverage.map(({ walId, firstSequence, lastSequence }) => ({
        walId,
        first: String(firstSequence),
        last: String(lastSequence),
      })),
    }),
  );
}

export function decodeSummary(bytes: Uint8Array, key: string, offset: number): IndexSummary {
  const fail = (what: string): never => {
    throw corruptIndex(key, offset, `summary ${what}`);
  };
  let parsed: unknown;
  try {
    parsed = JSON.parse(decodeUtf8(bytes));
  } catch {
    return fail('is not JSON');
  }
  const read = new FieldReader(parsed, fail);
  return {
    tenant: read.text('tenant'),
    day: read.text('day'),
    chunkKey: read.text('chunk'),
    chunkBytes: read.count('chunkBytes'),
    chunkChecksum: read.count('chunkChecksum'),
    minTimestamp: read.integer('minTimestamp'),
    maxTimestamp: read.integer('maxTimestamp'),
    rows: read.count('rows'),
    lineBytes: read.count('lineBytes'),
    streams: read.count('streams'),
    rowGroups: read.count('rowGroups'),
    coverage: read.list('coverage').map((item) => coverageOf(new FieldReader(item, fail))),
    replaces: read
      .list('replaces')
      .map((item) => (typeof item === 'string' ? item : fail('has a key that is no text'))),
  };
}

function coverageOf(read: FieldReader): WalCoverage {
  return {
    walId: read.text('walId'),
    firstSequence: Number(read.integer('first')),
    lastSequence: Number(read.integer('last')),
  };
}

/** Typed fields of a JSON object; `fail` throws. */
class FieldReader {
  readonly #fields: ReadonlyMap<string, unknown>;
  readonly #fail: (what: string) => never;

  constructor(value: unknown, fail: (what: string) => never) {
    this.#fail = fail;
    if (typeof value !== 'object' || value === null) fail('is not an object');
    this.#fields = new Map(Object.entries(value));
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    return typeof value === 'string' ? value : this.#fail(`has no text "${name}"`);
  }

  count(name: string): number {
    const value = this.#fields.get(name);
    return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
      ? value
      : this.#fail(`has no count "${name}"`);
  }

  integer(name: string): bigint {
    const value = this.text(name);
    return /^-?\d{1,19}$/.test(value) ? BigInt(value) : this.#fail(`has no integer "${name}"`);
  }

  list(name: string): readonly unknown[] {
    const value = this.#fields.get(name);
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#fail(`has no list "${name}"`);
  }
}
