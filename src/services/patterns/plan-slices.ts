/** Buckets next to each other that are read in one go: those from `first` up to before `end`. */
export interface Slice {
  readonly first: number;
  readonly end: number;
  /** Lines that the buckets have together. */
  readonly count: number;
  /** Lines to read of them, newest first. */
  readonly limit: number;
}

export interface SliceOptions {
  /** Lines to read of all slices. */
  readonly linesMax: number;
  /** Lines of a slice when all are read, unless a single bucket has more. */
  readonly pageLines: number;
  /** Lines that can be read of a slice. */
  readonly limitMax: number;
  /** Slices that lines are spread over when not all can be read. */
  readonly samples: number;
}

/**
 * Which lines to read when `counts[i]` lie in bucket i. When they are few, all of them; otherwise slices with about the
 * same number of lines each, so that every part of the range has its say. Buckets without lines are in no slice.
 */
export function planSlices(counts: ArrayLike<number>, options: SliceOptions): Slice[] {
  const { linesMax, samples } = options;
  let total = 0;
  for (let i = 0; i < counts.length; i++) total += counts[i];
  const readsAll = total <= linesMax;
  const target = readsAll ? options.pageLines : Math.ceil(total / samples);
  const share = readsAll ? total : Math.max(1, Math.floor(linesMax / samples));
  const limitMax = Math.min(share, options.limitMax);
  const slices: Slice[] = [];
  let first = 0;
  let count = 0;
  const close = (end: number): void => {
    if (count > 0) slices.push({ first, end, count, limit: Math.min(count, limitMax) });
    first = end;
    count = 0;
  };
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0 && count === 0) first = i + 1;
    if (count > 0 && count + counts[i] > target) close(i);
    count += counts[i];
  }
  close(counts.length);
  return slices;
}
