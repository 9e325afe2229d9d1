// AssemblyScript, compiled by `npm run build:kernels`. What it does is told in capture-finder.ts, and done plainly in find-captures-plain.ts.

const STEP: usize = 16;

/** Of a capture in memory: address and length of the literal that ends it, its number among those that are wanted or -1. */
const CAPTURE_BYTES: usize = 12;
const SPAN_BYTES: usize = 8;

/**
 * `lines` is the address of offset 0, whose bytes need not be in memory; 32 bytes after the lines may be read, and 16 after a
 * literal. Spans of a capture are `stride` bytes after those of the one before. Returns the number of rows that have all of it.
 */
export function findCaptures(
  lines: usize,
  offsets: usize,
  selection: usize,
  count: i32,
  prefix: usize,
  prefixLength: i32,
  captures: usize,
  captureCount: i32,
  spans: usize,
  stride: usize,
  isFound: usize,
): i32 {
  let total = 0;
  const capturesEnd = captures + <usize>captureCount * CAPTURE_BYTES;
  for (let i = 0; i < count; i++) {
    const offset = offsets + (<usize>load<u32>(selection + (<usize>i << 2)) << 2);
    const start = lines + <usize>load<u32>(offset);
    const end = lines + <usize>load<u32>(offset, 4);
    const from = start + <usize>prefixLength;
    const found = start < end && from <= end && isAt(prefix, prefixLength, start)
      && readCaptures(from, end, lines, captures, capturesEnd, spans + <usize>i * SPAN_BYTES, stride);
    store<u8>(isFound + <usize>i, found ? 1 : 0);
    total += found ? 1 : 0;
  }
  return total;
}

/** Whether the literals are there from `at` on, and each capture's text before the first occurrence of its literal. */
// @ts-ignore: decorator
@inline
function readCaptures(at: usize, end: usize, lines: usize, captures: usize, capturesEnd: usize, span: usize, stride: usize): bool {
  let pos = at;
  for (let capture = captures; capture < capturesEnd; capture += CAPTURE_BYTES) {
    const length = load<i32>(capture, 4);
    let stop = end;
    if (length > 0) {
      stop = find(load<u32>(capture), length, pos, end);
      if (stop == 0) return false;
    }
    const wanted = load<i32>(capture, 8);
    if (wanted >= 0) {
      store<u32>(span + <usize>wanted * stride, <u32>(pos - lines));
      store<u32>(span + <usize>wanted * stride, <u32>(stop - pos), 4);
    }
    pos = stop + <usize>length;
  }
  return true;
}

/** The first place of a literal of at least one byte between `at` and `end`, or 0. */
// @ts-ignore: decorator
@inline
function find(literal: usize, length: i32, at: usize, end: usize): usize {
  const first = i8x16.splat(load<u8>(literal));
  const second = i8x16.splat(load<u8>(literal, 1));
  for (let pos = at; pos < end; pos += STEP) {
    let hits = i8x16.eq(v128.load(pos), first);
    if (length > 1) hits = v128.and(hits, i8x16.eq(v128.load(pos, 1), second));
    let lanes = i8x16.bitmask(hits);
    while (lanes != 0) {
      const hit = pos + <usize>ctz(lanes);
      if (hit + <usize>length > end) return 0;
      if (length <= 2 || isAt(literal, length, hit)) return hit;
      lanes &= lanes - 1;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function isAt(literal: usize, length: i32, at: usize): bool {
  let left = length;
  let pos = at;
  let expected = literal;
  for (; left > 16; left -= 16, pos += STEP, expected += STEP) {
    if (!i8x16.all_true(i8x16.eq(v128.load(pos), v128.load(expected)))) return false;
  }
  const equal = i8x16.bitmask(i8x16.eq(v128.load(pos), v128.load(expected)));
  return (~equal & ((1 << left) - 1)) == 0;
}
