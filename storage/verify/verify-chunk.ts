import { crc32c } from '@node-rs/crc32';
import { wholeUnits } from '../catalog/whole-units.ts';
import { ChunkIndex } from '../index/chunk-index.ts';
import { openUnit } from '../read/open-unit.ts';
import type { UnitSource } from '../read/unit-source.ts';
import { SkipIndex } from '../skip/skip-index.ts';
import { checkMinuteCounts } from './check-minute-counts.ts';
import { checkRowGroup } from './check-row-group.ts';
import { checkSections } from './check-sections.ts';
import { checkSkipFilter } from './check-skip-filter.ts';
import { type ReportDamage, reported } from './damage.ts';

/** What an index and its chunk hold; null where the index cannot be read. */
export interface VerifiedChunk {
  readonly chunkKey: string;
  readonly rows: number;
  readonly lineBytes: number;
}

/** Reads an index object and all of its chunk, and reports what is damaged or contradicts. */
export async function verifyChunk(
  indexKey: string,
  source: UnitSource,
  report: ReportDamage,
): Promise<VerifiedChunk | null> {
  let found: ChunkIndex | null = null;
  await reported(report, async () => {
    found = new ChunkIndex(indexKey, await source.store.get(indexKey));
  });
  if (found === null) return null;
  const index: ChunkIndex = found;
  await checkSections(index, report);
  await reported(report, async () => checkObject(index, await source.store.get(index.summary.chunkKey), report));
  await reported(report, async () => await checkRows(index, source, report));
  const { chunkKey, rows, lineBytes } = index.summary;
  return { chunkKey, rows, lineBytes };
}

function checkObject({ key, summary }: ChunkIndex, bytes: Uint8Array, report: ReportDamage): void {
  const { chunkKey, chunkBytes, chunkChecksum } = summary;
  if (bytes.length !== chunkBytes) {
    report(`Chunk "${chunkKey}" has ${bytes.length} bytes, its index "${key}" says ${chunkBytes}`);
  } else if (crc32c(bytes) !== chunkChecksum) {
    report(`Chunk "${chunkKey}" has another checksum than its index "${key}" says`);
  }
}

async function checkRows(index: ChunkIndex, source: UnitSource, report: ReportDamage): Promise<void> {
  const [skip, minutes] = [index.skipTable(), index.minuteCounts()];
  for (const unit of wholeUnits(index)) {
    const reader = openUnit(unit, source);
    await reported(report, async () => {
      await checkRowGroup(unit, reader, source, report);
      if (minutes !== null) await checkMinuteCounts(index, unit.rowGroup, minutes, reader, report);
      if (skip !== null) await checkSkipFilter(unit, new SkipIndex(skip), reader, report);
    });
    reader.release();
  }
}
