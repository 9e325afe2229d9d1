/** Fewer values are put in order as a whole. */
const INSERTION_MAX = 12;

/**
 * Moves the values of `[first, end)` so that what would be at position `rank` if they were in ascending order is there, what
 * is before it is not greater and what is behind it not less. On average a few passes over them, where a sort takes many.
 * NaN is not allowed; -0 and 0 are equal.
 */
export function selectRank(values: Float64Array, first: number, end: number, rank: number): void {
  let low = first;
  let high = end - 1;
  while (high - low > INSERTION_MAX) {
    const pivot = medianOfThree(values[low], values[(low + high) >>> 1], values[high]);
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i > j) break;
      const value = values[i];
      values[i++] = values[j];
      values[j--] = value;
    }
    // [low, j] is not greater than the pivot, [i, high] not less, and what may be in between is the pivot.
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
  for (let i = low + 1; i <= high; i++) {
    const value = values[i];
    let at = i;
    for (; at > low && values[at - 1] > value; at--) values[at] = values[at - 1];
    values[at] = value;
  }
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
