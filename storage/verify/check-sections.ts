import { Labels } from '../../src/common/labels.ts';
import type { ChunkIndex } from '../index/chunk-index.ts';
import { streamHash } from '../index/stream-hash.ts';
import { type ReportDamage, reported } from './damage.ts';

/** Reads every section of a whole index object, and holds streams and totals against what is said of them. */
export async function checkSections(index: ChunkIndex, report: ReportDamage): Promise<void> {
  const sections: (() => unknown)[] = [
    () => index.symbols(),
    () => index.postings(),
    () => index.columns(),
    () => index.lateRanges(),
    () => index.minuteCounts(),
    () => index.skipTable(),
    () => checkStreams(index, report),
    () => checkTotals(index, report),
  ];
  for (const section of sections) await reported(report, () => void section());
}

function checkStreams(index: ChunkIndex, report: ReportDamage): void {
  const { hash, lastTimestamp } = index.tails();
  const { stream, maxTimestamp } = index.rowRanges();
  const last = new Map<number, bigint>();
  for (const [i, ordinal] of stream.entries()) {
    const known = last.get(ordinal);
    if (known === undefined || maxTimestamp[i] > known) last.set(ordinal, maxTimestamp[i]);
  }
  for (let s = 0; s < hash.length; s++) {
    const labels = index.labelsOf(s);
    const where = `Index "${index.key}": stream ${labels.key}`;
    if (streamHash(labels.key) !== hash[s]) report(`${where} has another hash than its labels`);
    if (last.get(s) !== lastTimestamp[s]) {
      report(`${where} ends at ${last.get(s)}, its last timestamp is said to be ${lastTimestamp[s]}`);
    }
    if (s > 0 && Labels.compare(index.labelsOf(s - 1), labels) >= 0) report(`${where} is not in the order of labels`);
  }
}

function checkTotals(index: ChunkIndex, report: ReportDamage): void {
  const { rowCount, lineBytes, minTimestamp, maxTimestamp } = index.rowGroups();
  const { summary } = index;
  const expect = (what: string, found: number | bigint, said: number | bigint): void => {
    if (found !== said) report(`Index "${index.key}": ${what} of the row groups is ${found}, the summary says ${said}`);
  };
  expect('rows', sum(rowCount), summary.rows);
  expect('bytes of lines', sum(lineBytes), summary.lineBytes);
  expect(
    'first timestamp',
    minTimestamp.reduce((a, b) => (a < b ? a : b)),
    summary.minTimestamp,
  );
  expect(
    'last timestamp',
    maxTimestamp.reduce((a, b) => (a > b ? a : b)),
    summary.maxTimestamp,
  );
}

function sum(values: Uint32Array): number {
  return values.reduce((total, value) => total + value, 0);
}
