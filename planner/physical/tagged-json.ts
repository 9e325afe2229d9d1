import { Labels, type LabelPair } from '../../src/common/labels.ts';

/**
 * Plan values as JSON values and back. What JSON lacks is an object with the key `$`, which no plan node has: bigints,
 * the numbers NaN, Infinity, -Infinity and -0, and label sets.
 */
type Tagged = { $: 'bigint' | 'number'; text: string } | { $: 'labels'; pairs: readonly LabelPair[] };

export function toTagged(value: unknown): unknown {
  if (typeof value === 'bigint') return { $: 'bigint', text: String(value) } satisfies Tagged;
  if (typeof value === 'number') return isPlain(value) ? value : taggedNumber(value);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Labels) return { $: 'labels', pairs: value.pairs } satisfies Tagged;
  if (Array.isArray(value)) return value.map(toTagged);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toTagged(item)]));
}

export function fromTagged(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromTagged);
  if ('$' in value) return untag(value as Tagged);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fromTagged(item)]));
}

function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function taggedNumber(value: number): Tagged {
  return { $: 'number', text: Object.is(value, -0) ? '-0' : String(value) };
}

function untag(tagged: Tagged): unknown {
  switch (tagged.$) {
    case 'bigint':
      return BigInt(tagged.text);
    case 'number':
      return Number(tagged.text);
    case 'labels':
      return Labels.fromSorted(tagged.pairs);
  }
}
