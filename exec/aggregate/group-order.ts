import { GroupCursor, groupLabels, type GroupList } from './group-list.ts';
import { labelOrder } from './label-order.ts';
import { orderByKeys } from './order-by-keys.ts';

/** Fewer are ordered by comparisons alone: what orders by keys has tables to clear. */
const KEYED_COUNT_MIN = 4096;
const WORD_BYTES = 4;

/**
 * Numbers of the label sets of a list in the order of `Labels.compare`; all are different. Sets of one list of names, as
 * they nearly always are, are ordered by the bytes of their values.
 */
export function groupOrder(list: GroupList): Uint32Array {
  if (list.shapes.length > 1) return Uint32Array.from(labelOrder(groupLabels(list)));
  const compare = comparison(list);
  const { count } = list;
  if (count < KEYED_COUNT_MIN) return Uint32Array.from({ length: count }, (_, i) => i).sort(compare);
  const keys = [0, WORD_BYTES].map((at) => firstValueWords(list, at));
  const order = orderByKeys(count, keys);
  const isTie = (a: number, b: number): boolean => keys.every((key) => key[a] === key[b]);
  for (let first = 0; first < count;) {
    let end = first + 1;
    while (end < count && isTie(order[first], order[end])) end++;
    if (end - first > 1) order.subarray(first, end).sort(compare);
    first = end;
  }
  return order;
}

/** Of two sets with the same names. */
function comparison(list: GroupList): (a: number, b: number) => number {
  const { offsets, bytes, shapes } = list;
  const names = shapes.length === 0 ? 0 : shapes[0].length;
  const [left, right] = [new GroupCursor(list), new GroupCursor(list)];
  return (a, b) => {
    left.enter(offsets[a]);
    right.enter(offsets[b]);
    for (let n = 0; n < names; n++) {
      left.next();
      right.next();
      let i = left.start;
      let k = right.start;
      while (i < left.end && k < right.end && bytes[i] === bytes[k]) {
        i++;
        k++;
      }
      if (i < left.end && k < right.end) return bytes[i] - bytes[k];
      if (i < left.end || k < right.end) return i < left.end ? 1 : -1;
    }
    return 0;
  };
}

/** Four bytes of each first value from `at` on as a number that sorts as they do; 0 for bytes that it does not have. */
function firstValueWords(list: GroupList, at: number): Uint32Array {
  const words = new Uint32Array(list.count);
  if (list.shapes[0].length === 0) return words;
  const cursor = new GroupCursor(list);
  for (let i = 0; i < list.count; i++) {
    cursor.enter(list.offsets[i]);
    cursor.next();
    let word = 0;
    for (let k = 0; k < WORD_BYTES; k++) {
      const position = cursor.start + at + k;
      word = (word << 8) | (position < cursor.end ? list.bytes[position] : 0);
    }
    words[i] = word;
  }
  return words;
}
