import type { SectionReader } from '../index/section-reader.ts';
import { LENGTHS_PER_GROUP, PARTS_PER_GROUP, type SkipTable } from './skip-table.ts';

/** Reads the arrays of section 132 and checks that they fit together. Throws `corruption`. */
export function decodeSkipTable(read: SectionReader, rowGroups: number): SkipTable {
  const hashCount = read.uint8();
  const firstWord = read.offsets(null);
  const longestAfter = read.uint8();
  const longestBefore = read.uint8();
  const longestPart = read.uint8();
  const listedLevels = read.uint8();
  const firstListed = read.offsets(null);
  const listed = read.uint8();
  const words = read.uint32();
  read.sameLength('the skip table', hashCount, listedLevels, { length: rowGroups });
  read.sameLength('the skip table', firstWord, firstListed, { length: rowGroups + 1 });
  read.sameLength('the skip table', longestAfter, longestBefore, { length: rowGroups * LENGTHS_PER_GROUP });
  read.sameLength('the skip table', longestPart, { length: rowGroups * PARTS_PER_GROUP });
  read.check(firstWord[rowGroups] === words.length, 'filters do not ascend to their end');
  read.check(firstListed[rowGroups] === listed.length, 'lists of tokens do not ascend to their end');
  for (let group = 0; group < rowGroups; group++) {
    const isEmpty = firstWord[group] === firstWord[group + 1];
    read.check(isEmpty === (hashCount[group] === 0), 'a filter has no words or is not used');
  }
  return {
    hashCount,
    firstWord,
    longestAfter,
    longestBefore,
    longestPart,
    listedLevels,
    firstListed,
    listed,
    words,
  };
}
