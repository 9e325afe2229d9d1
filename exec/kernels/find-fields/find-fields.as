// AssemblyScript, compiled by `npm run build:kernels`. What it does is told in field-finder.ts, and done plainly in find-fields-plain.ts.

const QUOTE: u8 = 0x22;
const SPACE: u8 = 0x20;
const COMMA: u8 = 0x2c;
const MINUS: u8 = 0x2d;
const DIGIT_0: u8 = 0x30;
const DIGIT_9: u8 = 0x39;
const EQUALS: u8 = 0x3d;
const BACKSLASH: u8 = 0x5c;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;
const STEP: i32 = 16;

/** Of a field in memory: address and length of its token, its number among those that are wanted or -1, nothing. */
const FIELD_BYTES: usize = 16;
const SPAN_BYTES: usize = 8;

/** What `readValue` found: where the value's content begins and ends, and what comes after it. */
let valueStart: usize = 0;
let valueStop: usize = 0;

/**
 * `lines` is the address of offset 0, whose bytes need not be in memory. 32 bytes after the lines may be read. Spans of a field are
 * `stride` bytes after those of the one before. Returns the number of rows that have all the fields.
 */
export function findJsonFields(
  lines: usize,
  offsets: usize,
  selection: usize,
  count: i32,
  fields: usize,
  fieldCount: i32,
  spans: usize,
  stride: usize,
  isFound: usize,
): i32 {
  let total = 0;
  const fieldsEnd = fields + <usize>fieldCount * FIELD_BYTES;
  for (let i = 0; i < count; i++) {
    const offset = offsets + (<usize>load<u32>(selection + (<usize>i << 2)) << 2);
    const start = lines + <usize>load<u32>(offset);
    const end = lines + <usize>load<u32>(offset, 4);
    const found = start < end && load<u8>(start) == OPEN_BRACE
      && readFields(start + 1, end, lines, fields, fieldsEnd, spans + <usize>i * SPAN_BYTES, stride);
    store<u8>(isFound + <usize>i, found ? 1 : 0);
    total += found ? 1 : 0;
  }
  return total;
}

/** The same of pairs `key=value`; tokens are `key=`. */
export function findLogfmtFields(
  lines: usize,
  offsets: usize,
  selection: usize,
  count: i32,
  fields: usize,
  fieldCount: i32,
  spans: usize,
  stride: usize,
  isFound: usize,
): i32 {
  let total = 0;
  const fieldsEnd = fields + <usize>fieldCount * FIELD_BYTES;
  for (let i = 0; i < count; i++) {
    const offset = offsets + (<usize>load<u32>(selection + (<usize>i << 2)) << 2);
    const start = lines + <usize>load<u32>(offset);
    const end = lines + <usize>load<u32>(offset, 4);
    const found = readPairs(start, end, lines, fields, fieldsEnd, spans + <usize>i * SPAN_BYTES, stride);
    store<u8>(isFound + <usize>i, found ? 1 : 0);
    total += found ? 1 : 0;
  }
  return total;
}

/** Whether the fields are there from `at` on; `span` is that of the row's first wanted field, the next is `stride` further. */
// @ts-ignore: decorator
@inline
function readFields(at: usize, end: usize, lines: usize, fields: usize, fieldsEnd: usize, span: usize, stride: usize): bool {
  let pos = at;
  let field = fields;
  while (true) {
    const length = load<i32>(field, 4);
    if (pos + <usize>length >= end || !hasToken(load<u32>(field), length, pos)) return false;
    pos += <usize>length;
    const wanted = load<i32>(field, 8);
    const after = readValue(pos, end, wanted >= 0);
    if (after >= end) return false;
    const c = load<u8>(after);
    const closes = c == CLOSE_BRACE;
    if (!closes && !(c == COMMA && after + 1 < end && load<u8>(after, 1) == QUOTE)) return false;
    if (wanted >= 0) {
      store<u32>(span + <usize>wanted * stride, <u32>(valueStart - lines));
      store<u32>(span + <usize>wanted * stride, <u32>(valueStop - valueStart), 4);
    }
    field += FIELD_BYTES;
    if (field == fieldsEnd) return true;
    if (closes) return false;
    pos = after + 1;
  }
}

/** Tokens are padded to whole steps. */
// @ts-ignore: decorator
@inline
function hasToken(token: usize, length: i32, at: usize): bool {
  let left = length;
  let pos = at;
  let expected = token;
  for (; left > STEP; left -= STEP, pos += STEP, expected += STEP) {
    if (!i8x16.all_true(i8x16.eq(v128.load(pos), v128.load(expected)))) return false;
  }
  const equal = i8x16.bitmask(i8x16.eq(v128.load(pos), v128.load(expected)));
  return (~equal & ((1 << left) - 1)) == 0;
}

/** The position after the string or number at `at`; at least `end` where it is neither, or not a usual one. */
// @ts-ignore: decorator
@inline
function readValue(at: usize, end: usize, isWanted: bool): usize {
  const c = load<u8>(at);
  if (c == QUOTE) return readString(at + 1, end, isWanted);
  if ((c < DIGIT_0 || c > DIGIT_9) && c != MINUS) return end;
  valueStart = at;
  let pos = at + 1;
  for (; pos < end; pos += STEP) {
    const distance = i8x16.sub(v128.load(pos), i8x16.splat(MINUS));
    const others = i8x16.bitmask(i8x16.gt_u(distance, i8x16.splat(DIGIT_9 - MINUS)));
    if (others == 0) continue;
    pos += <usize>ctz(others);
    break;
  }
  valueStop = pos;
  return pos;
}

/** A wanted string that is not plain ASCII, or has an escape, is not a usual one. */
// @ts-ignore: decorator
@inline
function readString(at: usize, end: usize, isWanted: bool): usize {
  let pos = at;
  valueStart = at;
  while (pos < end) {
    const bytes = v128.load(pos);
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const escapes = i8x16.eq(bytes, i8x16.splat(BACKSLASH));
    const stops = i8x16.bitmask(v128.or(quotes, escapes));
    const high = i8x16.bitmask(bytes);
    // The bytes before the first stop, or all.
    if (isWanted && (high & (stops - 1) & ~stops) != 0) return end;
    if (stops == 0) {
      pos += STEP;
      continue;
    }
    pos += <usize>ctz(stops);
    if (pos >= end) return end;
    if (load<u8>(pos) == QUOTE) {
      valueStop = pos;
      return pos + 1;
    }
    if (isWanted) return end;
    pos += 2;
  }
  return end;
}

/** As readFields. */
// @ts-ignore: decorator
@inline
function readPairs(at: usize, end: usize, lines: usize, fields: usize, fieldsEnd: usize, span: usize, stride: usize): bool {
  let pos = at;
  for (let field = fields; field < fieldsEnd; field += FIELD_BYTES) {
    while (pos < end && load<u8>(pos) <= SPACE) pos++;
    const length = load<i32>(field, 4);
    if (pos + <usize>length >= end || !hasToken(load<u32>(field), length, pos)) return false;
    pos += <usize>length;
    const wanted = load<i32>(field, 8);
    const isQuoted = load<u8>(pos) == QUOTE;
    valueStart = isQuoted ? pos + 1 : pos;
    if (!findValueStop(valueStart, end, isQuoted, wanted >= 0)) return false;
    if (wanted >= 0) {
      if (valueStart == valueStop) return false;
      store<u32>(span + <usize>wanted * stride, <u32>(valueStart - lines));
      store<u32>(span + <usize>wanted * stride, <u32>(valueStop - valueStart), 4);
    }
    pos = isQuoted ? valueStop + 1 : valueStop;
  }
  return true;
}

/** Sets where a value ends; false where it is not a usual one: has an escape, a quote or `=` in it, or is wanted and not plain ASCII. */
// @ts-ignore: decorator
@inline
function findValueStop(at: usize, end: usize, isQuoted: bool, isWanted: bool): bool {
  for (let pos = at; pos < end; pos += STEP) {
    const bytes = v128.load(pos);
    const quotes = i8x16.eq(bytes, i8x16.splat(QUOTE));
    const others = isQuoted
      ? i8x16.eq(bytes, i8x16.splat(BACKSLASH))
      : v128.or(i8x16.eq(bytes, i8x16.splat(EQUALS)), i8x16.le_u(bytes, i8x16.splat(SPACE)));
    let stops = i8x16.bitmask(v128.or(quotes, others));
    if (pos + STEP > end) stops |= 1 << <i32>(end - pos);
    // The bytes before the first stop, or all.
    if (isWanted && (i8x16.bitmask(bytes) & (stops - 1) & ~stops) != 0) return false;
    if (stops == 0) continue;
    valueStop = pos + <usize>ctz(stops);
    if (valueStop == end) return !isQuoted;
    return isQuoted ? load<u8>(valueStop) == QUOTE : load<u8>(valueStop) <= SPACE;
  }
  valueStop = end;
  return !isQuoted;
}
