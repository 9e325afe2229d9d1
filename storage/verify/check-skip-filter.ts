import type { RowGroupUnit } from '../../src/common/scan-unit.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import type { UnitReader } from '../read/unit-reader.ts';
import { compileNeedle, compilePair } from '../skip/needle.ts';
import type { SkipIndex } from '../skip/skip-index.ts';
import type { ReportDamage } from './damage.ts';

/** Rows of a row group that are looked up in its filter, evenly spread. */
const SAMPLED_ROWS = 256;

/** Looks lines and structured metadata of a row group up in its skip filter: what is stored must never be called absent. */
export async function checkSkipFilter(
  { chunkKey, rowGroup, totalRows }: RowGroupUnit,
  skip: SkipIndex,
  reader: UnitReader,
  report: ReportDamage,
): Promise<void> {
  if (!skip.hasFilter(rowGroup)) return;
  const where = `Skip filter of chunk "${chunkKey}", row group ${rowGroup}`;
  const { offsets, values } = await reader.lines();
  const rows = sampledRows(totalRows);
  for (const row of rows) {
    const needle = compileNeedle(values.subarray(offsets[row], offsets[row + 1]), false);
    if (needle !== null && !skip.mayContain(rowGroup, needle)) report(`${where}: it denies the line of row ${row}`);
  }
  for (const name of await reader.metadataNames()) {
    const metadata = await reader.metadata(name);
    for (const row of metadata === null ? [] : rows) {
      if (metadata === null || metadata.length[row] < 0) continue;
      const text = decodeUtf8(metadata.values, metadata.start[row], metadata.start[row] + metadata.length[row]);
      if (skip.mayHavePair(rowGroup, compilePair(name, text))) continue;
      report(`${where}: it denies ${name}="${text}" of row ${row}`);
    }
  }
}

function sampledRows(count: number): number[] {
  const step = Math.max(1, Math.floor(count / SAMPLED_ROWS));
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}
