/**
 * Steps `first` to `last`, both among them, by number: step n is at n times the step since the epoch. Lists of ranges are
 * sorted, and their ranges neither overlap nor touch.
 */
export interface StepRange {
  readonly first: number;
  readonly last: number;
}

/** Any ranges as a list: sorted, touching ones made one. */
export function unite(ranges: readonly StepRange[]): StepRange[] {
  const united: { first: number; last: number }[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => a.first - b.first)) {
    if (first > last) continue;
    const open = united.at(-1);
    if (open !== undefined && first <= open.last + 1) open.last = Math.max(open.last, last);
    else united.push({ first, last });
  }
  return united;
}

/** The part of a list that lies in a window. */
export function within(ranges: readonly StepRange[], window: StepRange): StepRange[] {
  return ranges
    .map(({ first, last }) => ({ first: Math.max(first, window.first), last: Math.min(last, window.last) }))
    .filter(({ first, last }) => first <= last);
}

/** A list without what is in any of the holes. */
export function without(ranges: readonly StepRange[], holes: readonly StepRange[]): StepRange[] {
  const sorted = unite(holes);
  return ranges.flatMap(({ first, last }) => {
    const left: StepRange[] = [];
    let next = first;
    for (const hole of sorted) {
      if (hole.last < next || hole.first > last) continue;
      if (hole.first > next) left.push({ first: next, last: hole.first - 1 });
      next = hole.last + 1;
    }
    if (next <= last) left.push({ first: next, last });
    return left;
  });
}

export function countSteps(ranges: readonly StepRange[]): number {
  return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
}

/** From the first step of a list to its last one, or null. */
export function hullOf(ranges: readonly StepRange[]): StepRange | null {
  const first = ranges[0]?.first;
  const last = ranges.at(-1)?.last;
  return first === undefined || last === undefined ? null : { first, last };
}
