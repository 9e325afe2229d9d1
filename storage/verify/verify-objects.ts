import { isDay } from '../objectstore/keys.ts';
import type { ObjectInfo } from '../objectstore/object-store.ts';
import type { UnitSource } from '../read/unit-source.ts';
import type { ReportDamage } from './damage.ts';
import { verifyChunk } from './verify-chunk.ts';

export interface VerifyProgress {
  readonly chunks: number;
  readonly rows: number;
  /** Of lines, as they were pushed. */
  readonly lineBytes: number;
  /** Of objects. */
  readonly storedBytes: number;
  /** Chunks that no index names: of flushes that were interrupted. Readers never see them. */
  readonly orphans: number;
}

export interface VerifyObjectsOptions {
  readonly source: UnitSource;
  readonly report: ReportDamage;
  /** After each chunk. */
  readonly progress: (done: VerifyProgress) => void;
}

/** Bytes of everything that verifyObjects will look at. */
export async function storedBytesOf({ store }: UnitSource): Promise<number> {
  const days = await daysOf({ store });
  return days.flat().reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Verifies every chunk of every tenant. It only reads, and may run beside a server: what is committed never changes. */
export async function verifyObjects({ source, report, progress }: VerifyObjectsOptions): Promise<VerifyProgress> {
  let done: VerifyProgress = { chunks: 0, rows: 0, lineBytes: 0, storedBytes: 0, orphans: 0 };
  for (const objects of await daysOf(source)) {
    const chunks = new Map(objects.filter(({ key }) => isChunk(key)).map(({ key, sizeBytes }) => [key, sizeBytes]));
    let unread = false;
    for (const { key, sizeBytes } of objects) {
      if (isChunk(key)) continue;
      const verified = await verifyChunk(key, source, report);
      const chunkBytes = verified === null ? 0 : (chunks.get(verified.chunkKey) ?? 0);
      // Whose chunk an unreadable index has is not known.
      if (verified === null) unread = true;
      else chunks.delete(verified.chunkKey);
      done = {
        ...done,
        chunks: done.chunks + 1,
        rows: done.rows + (verified?.rows ?? 0),
        lineBytes: done.lineBytes + (verified?.lineBytes ?? 0),
        storedBytes: done.storedBytes + sizeBytes + chunkBytes,
      };
      progress(done);
    }
    if (!unread) done = { ...done, orphans: done.orphans + chunks.size };
  }
  return done;
}

/** Index and chunk objects of each day of each tenant. */
async function daysOf({ store }: Pick<UnitSource, 'store'>): Promise<ObjectInfo[][]> {
  const days: ObjectInfo[][] = [];
  for (const tenant of await store.listFolders('')) {
    for (const day of (await store.listFolders(`${tenant}/`)).filter(isDay)) {
      const indexes = await store.list(`${tenant}/${day}/index/`);
      days.push([...indexes, ...(await store.list(`${tenant}/${day}/chunk/`))]);
    }
  }
  return days;
}

function isChunk(key: string): boolean {
  return key.endsWith('.arrow');
}
