// AssemblyScript, compiled by `npm run build:kernels`. What it does is told in token-collector.ts, and done plainly in plain-token-collector.ts.

const STEP: usize = 16;

/** Constants of the format, as in tokens.ts. */
const LONG: usize = 17;
const LONGER: usize = 33;
const KINDS: usize = 11;
const MASKS: usize = 32;
const HASH_LENGTH: u64 = 0x9e3779b97f4a7c15;
const HASH_LOW: u64 = 0xbf58476d1ce4e5b9;
const HASH_HIGH: u64 = 0x94d049bb133111eb;

/** Where token-collector.ts puts what. */
const KIND_OF_BYTE: usize = 0;
const FIRST_BYTES: usize = 256;
const LONGEST: usize = 1024;
const KNOWN: usize = 47616;
const LISTED: usize = 48000;
const ADDED: usize = 48016;

/**
 * Tokens of lines that are at `bytes`, where the offset `base` is. `folded` and `classes` are room for as many bytes, `runs`
 * and `edges` for a bit of each and 16 bytes more, `starts` and `lasts` for a word for each token; 16 bytes after each of
 * them may be touched. Returns the number of events.
 */
export function collect(
  bytes: usize,
  folded: usize,
  classes: usize,
  runs: usize,
  edges: usize,
  starts: usize,
  lasts: usize,
  offsets: usize,
  count: i32,
  slots: usize,
  slotMask: u32,
  events: usize,
): i32 {
  const base = <usize>load<u32>(offsets);
  const size = <usize>load<u32>(offsets + (<usize>count << 2)) - base;
  classify(bytes, folded, classes, runs, size);
  markEdges(edges, size, offsets, count);
  const startsEnd = findTokens(runs, edges, size, starts, lasts);
  let event = events;
  let added = 0;
  for (let token = starts; token < startsEnd; token += 4) {
    const start = <usize>load<u32>(token);
    const end = <usize>load<u32>(token + lasts - starts) + 1;
    const length = end - start;
    let hash: u64 = <u64>length * HASH_LENGTH;
    let all = i8x16.splat(0);
    let at = start;
    while (true) {
      const rest = end - at;
      const keep = v128.load(FIRST_BYTES + ((rest < STEP ? rest : STEP) << 4));
      const text = v128.and(v128.load(folded + at), keep);
      all = v128.or(all, v128.and(v128.load(classes + at), keep));
      hash = (hash ^ <u64>i64x2.extract_lane(text, 0)) * HASH_LOW;
      hash ^= hash >> 32;
      hash = (hash ^ <u64>i64x2.extract_lane(text, 1)) * HASH_HIGH;
      hash ^= hash >> 32;
      if (rest <= STEP) break;
      at += STEP;
    }
    added += insert(slots, slotMask, <u32>hash);
    const mask = maskOf(all);
    const left: usize = hasBit(edges, start) ? 0 : <usize>load<u8>(KIND_OF_BYTE + <usize>load<u8>(bytes + start - 1));
    const right: usize = hasBit(edges, end) ? 0 : <usize>load<u8>(KIND_OF_BYTE + <usize>load<u8>(bytes + end));
    const level: usize = length < LONG ? 0 : length < LONGER ? 1 : 2;
    const longest = LONGEST + ((((level * KINDS + left) * KINDS + right) * MASKS + mask) << 2);
    if (load<u32>(longest) < <u32>length) store<u32>(longest, <u32>length);
    if (<u32>length <= load<u32>(KNOWN + ((level * MASKS + mask) << 2)) && load<u32>(LISTED + (level << 2)) == 0) continue;
    store<u32>(event, <u32>(start + base));
    store<u32>(event, <u32>length, 4);
    store<u32>(event, <u32>mask, 8);
    event += 12;
  }
  store<u32>(ADDED, added);
  return <i32>((event - events) / 12);
}

/** Lower case, class and whether it is part of a token, of each byte. */
// @ts-ignore: decorator
@inline
function classify(bytes: usize, folded: usize, classes: usize, runs: usize, length: usize): void {
  for (let i: usize = 0; i < length; i += STEP) {
    const text = v128.load(bytes + i);
    const isUpper = i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x41)), i8x16.splat(26));
    const lower = v128.or(text, v128.and(isUpper, i8x16.splat(0x20)));
    const letter = i8x16.sub(lower, i8x16.splat(0x61));
    const isLetter = i8x16.lt_u(letter, i8x16.splat(26));
    const isHex = i8x16.lt_u(letter, i8x16.splat(6));
    const isDigit = i8x16.lt_u(i8x16.sub(text, i8x16.splat(0x30)), i8x16.splat(10));
    let found = v128.and(isDigit, i8x16.splat(1));
    found = v128.or(found, v128.and(isHex, i8x16.splat(2)));
    found = v128.or(found, v128.and(v128.andnot(isLetter, isHex), i8x16.splat(4)));
    found = v128.or(found, v128.and(i8x16.eq(text, i8x16.splat(0x5f)), i8x16.splat(8)));
    found = v128.or(found, v128.and(i8x16.lt_s(text, i8x16.splat(0)), i8x16.splat(16)));
    v128.store(folded + i, lower);
    v128.store(classes + i, found);
    store<u16>(runs + (i >> 3), <u16>i8x16.bitmask(i8x16.ne(found, i8x16.splat(0))));
  }
}

/** Sets a bit where a line begins, and at the end of the last one. */
// @ts-ignore: decorator
@inline
function markEdges(edges: usize, size: usize, offsets: usize, count: i32): void {
  memory.fill(edges, 0, (size >> 3) + STEP);
  const base = <usize>load<u32>(offsets);
  for (let line = 0; line <= count; line++) {
    const at = <usize>load<u32>(offsets + (<usize>line << 2)) - base;
    store<u8>(edges + (at >> 3), load<u8>(edges + (at >> 3)) | <u8>(<usize>1 << (at & 7)));
  }
}

// @ts-ignore: decorator
@inline
function hasBit(bits: usize, at: usize): bool {
  return ((load<u8>(bits + (at >> 3)) >> <u8>(at & 7)) & 1) != 0;
}

/**
 * Where tokens of 3 bytes or more begin and where their last bytes are, 64 bytes a step and without a branch for each. A
 * byte is *joined* to the one before it if both are of one token. Returns the end of `starts`.
 */
// @ts-ignore: decorator
@inline
function findTokens(runs: usize, edges: usize, size: usize, starts: usize, lasts: usize): usize {
  let start = starts;
  let last = lasts;
  let joinedBefore: u64 = 0;
  let run = wordOf(runs, 0, size);
  let joined = run & ~load<u64>(edges) & (run << 1);
  for (let at: usize = 0; at < size; at += 64) {
    const runAfter = wordOf(runs, at + 64, size);
    const joinedAfter = runAfter & ~load<u64>(edges + ((at + 64) >> 3)) & ((runAfter << 1) | (run >> 63));
    const next = (joined >> 1) | (joinedAfter << 63);
    let begins = run & ~joined & next & ((joined >> 2) | (joinedAfter << 62));
    let ends = run & ~next & joined & ((joined << 1) | (joinedBefore >> 63));
    for (; begins != 0; begins &= begins - 1, start += 4) store<u32>(start, <u32>(at + <usize>ctz(begins)));
    for (; ends != 0; ends &= ends - 1, last += 4) store<u32>(last, <u32>(at + <usize>ctz(ends)));
    joinedBefore = joined;
    run = runAfter;
    joined = joinedAfter;
  }
  return start;
}

/** 64 bits from the one of byte `at` on, those from `size` on not set. */
// @ts-ignore: decorator
@inline
function wordOf(runs: usize, at: usize, size: usize): u64 {
  if (at >= size) return 0;
  const word = load<u64>(runs + (at >> 3));
  return size - at >= 64 ? word : word & (((<u64>1) << <u64>(size - at)) - 1);
}

/** The classes that any of the bytes has. */
// @ts-ignore: decorator
@inline
function maskOf(classes: v128): usize {
  let all = <u64>i64x2.extract_lane(classes, 0) | <u64>i64x2.extract_lane(classes, 1);
  all |= all >> 32;
  all |= all >> 16;
  all |= all >> 8;
  return <usize>(all & 0xff);
}

/** 1 if the hash was not there. */
// @ts-ignore: decorator
@inline
function insert(slots: usize, slotMask: u32, hash: u32): i32 {
  const key = hash == 0 ? 1 : hash;
  let slot = (key ^ (key >> 15)) & slotMask;
  while (true) {
    const found = load<u32>(slots + (<usize>slot << 2));
    if (found == key) return 0;
    if (found == 0) {
      store<u32>(slots + (<usize>slot << 2), key);
      return 1;
    }
    slot = (slot + 1) & slotMask;
  }
}

/** Adds one hash; 1 if it was not there. */
export function addHash(slots: usize, slotMask: u32, hash: u32): i32 {
  return insert(slots, slotMask, hash);
}

/** Puts the hashes of `count` slots into others, which are empty. */
export function rehash(from: usize, count: i32, slots: usize, slotMask: u32): void {
  for (let i = 0; i < count; i++) {
    const hash = load<u32>(from + (<usize>i << 2));
    if (hash != 0) insert(slots, slotMask, hash);
  }
}

/** Sets the bits of all hashes in a filter of zeros, as `insertHash` of bloom-filter.ts does. */
export function fillFilter(slots: usize, slotCount: i32, words: usize, wordCount: i32, hashCount: i32): void {
  const scale = <f64>wordCount * 32 * (1.0 / 4294967296.0);
  for (let i = 0; i < slotCount; i++) {
    const hash = load<u32>(slots + (<usize>i << 2));
    if (hash == 0) continue;
    let position = spread(hash);
    const step = spread(position) | 1;
    for (let k = 0; k < hashCount; k++) {
      const bit = <u32>(<f64>position * scale);
      const word = words + (<usize>(bit >> 5) << 2);
      store<u32>(word, load<u32>(word) | (<u32>1 << (bit & 31)));
      position += step;
    }
  }
}

// @ts-ignore: decorator
@inline
function spread(hash: u32): u32 {
  const first = (hash ^ (hash >> 16)) * 0x85ebca6b;
  const second = (first ^ (first >> 13)) * 0xc2b2ae35;
  return second ^ (second >> 16);
}
