import { SkaldError } from '../src/common/errors.ts';
import { goQuote } from '../src/common/go-quote.ts';

/** Pairs of one entry, whatever max_structured_metadata_entries_count allows. */
export const METADATA_PAIRS_MAX = 4096;

const RESERVED = /^__[^]*__$/;

/**
 * The name under which structured metadata is stored (features section 4, SM normalization): each run of characters
 * outside `[A-Za-z0-9]` becomes one `_`, names in double underscores keep them, a leading digit gets the prefix `key_`.
 * Two names of an entry may become the same; then the later pair stays. Throws SkaldError `internal` (Loki answers 500)
 * for an empty name and for one of nothing but underscores.
 */
export function normalizeMetadataName(name: string): string {
  if (name === '') throw new SkaldError('internal', 'label name is empty');
  const reserved = name.length >= 4 && RESERVED.test(name);
  const inner = (reserved ? name.slice(2, -2) : name).replace(/[^A-Za-z0-9]+/g, '_');
  const normalized = reserved ? `__${inner}__` : inner;
  if (/^_+$/.test(normalized)) {
    throw new SkaldError(
      'internal',
      `normalization for label name ${goQuote(name)} resulted in invalid name ${goQuote(normalized)}`,
    );
  }
  return /^[0-9]/.test(normalized) ? `key_${normalized}` : normalized;
}
