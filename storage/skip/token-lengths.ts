import { LENGTHS_PER_GROUP, PARTS_PER_GROUP } from './skip-table.ts';
import { BYTE_CODE, LENGTH_MAX, MASKS, NEIGHBOUR_KINDS, PART_SETS } from './tokens.ts';

/** How long tokens of a row group are, by what they are made of and what stands beside them. */
export class TokenLengths {
  /** By neighbour behind which, neighbour in front of which, mask: length of the longest such token. */
  readonly longest = new Int32Array(NEIGHBOUR_KINDS * LENGTHS_PER_GROUP);
  /** By set of PART_SETS: longest run of such bytes that is less than a whole token. */
  readonly part = new Uint8Array(PARTS_PER_GROUP);
  /** By mask: longest token that cannot raise a longest part. Tokens that are longer must go through `note`. */
  readonly known = new Int32Array(MASKS);

  constructor() {
    this.clear();
  }

  /** Takes note of the parts of a token. */
  note(values: Uint8Array, start: number, end: number, mask: number): void {
    if (end - start <= this.known[mask]) return;
    let isLonger = false;
    for (let i = 0; i < PARTS_PER_GROUP; i++) {
      const set = PART_SETS[i];
      if ((mask & set) === 0 || end - start - 1 <= this.part[i]) continue;
      const longest = (mask & ~set) === 0 ? end - start - 1 : longestRun(values, start, end, set, this.part[i]);
      if (longest <= this.part[i]) continue;
      this.part[i] = Math.min(longest, LENGTH_MAX);
      isLonger = true;
    }
    if (isLonger) this.#updateKnown();
  }

  /** Takes over what another one knows. */
  merge(other: TokenLengths): void {
    for (let i = 0; i < this.longest.length; i++) this.longest[i] = Math.max(this.longest[i], other.longest[i]);
    for (let i = 0; i < PARTS_PER_GROUP; i++) this.part[i] = Math.max(this.part[i], other.part[i]);
    this.#updateKnown();
  }

  /** The longest tokens by one of their neighbours, at most LENGTH_MAX. */
  longestBeside(): { readonly after: Uint8Array; readonly before: Uint8Array } {
    const after = new Uint8Array(LENGTHS_PER_GROUP);
    const before = new Uint8Array(LENGTHS_PER_GROUP);
    let position = 0;
    for (let left = 0; left < NEIGHBOUR_KINDS; left++) {
      for (let right = 0; right < NEIGHBOUR_KINDS; right++) {
        for (let mask = 0; mask < MASKS; mask++, position++) {
          const length = Math.min(this.longest[position], LENGTH_MAX);
          after[left * MASKS + mask] = Math.max(after[left * MASKS + mask], length);
          before[right * MASKS + mask] = Math.max(before[right * MASKS + mask], length);
        }
      }
    }
    return { after, before };
  }

  clear(): void {
    this.longest.fill(0);
    this.part.fill(0);
    this.known.fill(1);
  }

  #updateKnown(): void {
    for (let mask = 0; mask < MASKS; mask++) {
      let known = 0x7fffffff;
      for (let i = 0; i < PARTS_PER_GROUP; i++) {
        if ((mask & PART_SETS[i]) !== 0 && this.part[i] < LENGTH_MAX) known = Math.min(known, this.part[i] + 1);
      }
      this.known[mask] = known;
    }
  }
}

/** Length of the longest run of bytes whose class is in the set, or `floor` if that is not longer. */
function longestRun(values: Uint8Array, start: number, end: number, set: number, floor: number): number {
  let longest = floor;
  // A longer run that begins at `from` or behind it reaches `from + longest`: bytes in between need not be looked at.
  for (let from = start; from + longest < end;) {
    const probe = from + longest;
    if (!isInSet(values[probe], set)) {
      from = probe + 1;
      continue;
    }
    let left = probe;
    while (left > from && isInSet(values[left - 1], set)) left--;
    let right = probe + 1;
    while (right < end && isInSet(values[right], set)) right++;
    if (right - left > longest) longest = right - left;
    from = right + 1;
  }
  return longest;
}

function isInSet(byte: number, set: number): boolean {
  return ((BYTE_CODE[byte] >>> 8) & set) !== 0;
}
