import type { ObjectStore } from '../objectstore/object-store.ts';
import { decodeTails } from './chunk-index.ts';
import type { CommittedIndex } from './index-content.ts';
import { corruptIndex } from './index-format.ts';
import {
  coreBytesOf,
  decodePrefix,
  type IndexPrefix,
  prefixBytesOf,
  sectionBytes,
  type SectionEntry,
} from './index-prefix.ts';
import { SectionReader } from './section-reader.ts';
import { decodeSummary } from './summary-codec.ts';
import { must } from '../../src/common/assert.ts';

/** What is fetched of an index at first: prefix, summary and the tails of about 3,900 streams. */
const FRONT_BYTES = 64 * 1024;

/** Reads what a catalog keeps of every index: its front. Throws `corruption`, `unsupported_version` or `not_found`. */
export async function readFront(store: ObjectStore, key: string): Promise<CommittedIndex> {
  let front = await store.getRange(key, 0, FRONT_BYTES);
  const prefixBytes = prefixBytesOf(front, key);
  if (prefixBytes > FRONT_BYTES) front = await store.getRange(key, 0, prefixBytes);
  const prefix = decodePrefix(front, key);
  const summaryEntry = must(prefix.sections.get('summary'));
  const tailsEntry = must(prefix.sections.get('streamTails'));
  const needed = Math.max(endOf(summaryEntry), endOf(tailsEntry));
  if (needed > FRONT_BYTES) front = await store.getRange(key, 0, needed);
  return decodeFront(front, key, prefix, summaryEntry, tailsEntry);
}

function decodeFront(
  front: Uint8Array,
  key: string,
  prefix: IndexPrefix,
  summaryEntry: SectionEntry,
  tailsEntry: SectionEntry,
): CommittedIndex {
  const summary = decodeSummary(sectionBytes(front, summaryEntry, key), key, summaryEntry.offset);
  const read = new SectionReader(sectionBytes(front, tailsEntry, key), key, tailsEntry.offset);
  const tails = decodeTails(read, summary.streams);
  if (front.length > prefix.sizeBytes) {
    throw corruptIndex(key, prefix.sizeBytes, `object is longer than its size ${prefix.sizeBytes}`);
  }
  return { key, sizeBytes: prefix.sizeBytes, coreBytes: coreBytesOf(prefix), summary, tails };
}

function endOf({ offset, length }: SectionEntry): number {
  return offset + length;
}
