/** Blocks of this many rows are sorted by insertion before merging. */
const BLOCK_ROWS = 32;

/** Space that `sortRun` borrows; as long as the arrays that it sorts. */
export interface SortScratch {
  readonly keys: Float64Array;
  readonly items: Uint32Array;
}

/**
 * Sorts `items[start .. end)` by their `keys` (both move together), stable. Rows of a stream arrive almost in order:
 * what is sorted already costs one comparison per row.
 */
export function sortRun(
  keys: Float64Array,
  items: Uint32Array,
  start: number,
  end: number,
  scratch: SortScratch,
): void {
  if (isSorted(keys, start, end)) return;
  for (let at = start; at < end; at += BLOCK_ROWS) insertionSort(keys, items, at, Math.min(at + BLOCK_ROWS, end));
  for (let width = BLOCK_ROWS; width < end - start; width *= 2) {
    for (let at = start; at + width < end; at += 2 * width) {
      const middle = at + width;
      if (keys[middle - 1] > keys[middle]) {
        merge(keys, items, at, middle, Math.min(middle + width, end), scratch);
      }
    }
  }
}

function isSorted(keys: Float64Array, start: number, end: number): boolean {
  for (let i = start + 1; i < end; i++) if (keys[i] < keys[i - 1]) return false;
  return true;
}

function insertionSort(keys: Float64Array, items: Uint32Array, start: number, end: number): void {
  for (let i = start + 1; i < end; i++) {
    const key = keys[i];
    const item = items[i];
    let at = i;
    for (; at > start && keys[at - 1] > key; at--) {
      keys[at] = keys[at - 1];
      items[at] = items[at - 1];
    }
    keys[at] = key;
    items[at] = item;
  }
}

/** Merges the sorted `[start, middle)` and `[middle, end)`. */
function merge(
  keys: Float64Array,
  items: Uint32Array,
  start: number,
  middle: number,
  end: number,
  scratch: SortScratch,
): void {
  const leftCount = middle - start;
  scratch.keys.set(keys.subarray(start, middle));
  scratch.items.set(items.subarray(start, middle));
  let left = 0;
  let right = middle;
  for (let to = start; left < leftCount; to++) {
    const leftKey = scratch.keys[left];
    if (right < end && keys[right] < leftKey) {
      keys[to] = keys[right];
      items[to] = items[right];
      right++;
    } else {
      keys[to] = leftKey;
      items[to] = scratch.items[left];
      left++;
    }
  }
}
