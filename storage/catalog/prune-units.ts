import { SkaldError } from '../../src/common/errors.ts';
import type { Labels } from '../../src/common/labels.ts';
import type { LineRequirement, PruneAnswer, PruneReport, PruneRequest, Requirement } from '../../src/common/prune.ts';
import type { RowGroupUnit, ScanUnit } from '../../src/common/scan-unit.ts';
import { compileNeedle, compilePair, type Needle } from '../skip/needle.ts';
import type { SkipIndex } from '../skip/skip-index.ts';

/** Chunks whose skip tables are read at the same time; the first is read alone, then twice as many each time. */
const READS_MAX = 16;
/** A search that prunes less than one of PRUNED_SHARE_MIN row groups among so many is for something frequent. */
const TRIAL_ROW_GROUPS = 256;
const PRUNED_SHARE_MIN = 16;

/** The skip index of a chunk; null when there is none. */
export type SkipIndexOf = (chunkKey: string) => Promise<SkipIndex | null>;

/** Whether a row group may have what a requirement asks for. */
type Check = (skip: SkipIndex, rowGroup: number) => boolean;

/**
 * Leaves out row groups that certainly have no wanted entry. Stops looking when it finds that few do not, so that a
 * search for a frequent word that ends after some row groups does not read the skip tables of all. Units of the head
 * and of overlaps stay. Errors: `unavailable`.
 */
export async function pruneUnits(
  { requirements, streams, units }: PruneRequest,
  skipIndexOf: SkipIndexOf,
): Promise<Omit<PruneAnswer, 'report'> & { readonly report: Omit<PruneReport, 'ms'> }> {
  const checks = requirements.map((requirement) => compileRequirement(requirement, streams));
  const chunks = rowGroupsByChunk(units);
  const rowGroups = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const found = new Pruning(checks);
  if (checks.some((check) => check !== null)) await visitChunks(chunks, skipIndexOf, found);
  const { checked, filtered, prunedBy, unreadable, absent } = found;
  return {
    units: absent.size === 0 ? units : units.filter((unit) => !absent.has(unit)),
    report: { rowGroups, checked, filtered, prunedBy, unreadable },
  };
}

/** What was found so far. */
class Pruning {
  checked = 0;
  filtered = 0;
  unreadable = 0;
  readonly prunedBy: number[];
  readonly absent = new Set<ScanUnit>();
  readonly #checks: readonly (Check | null)[];

  constructor(checks: readonly (Check | null)[]) {
    this.#checks = checks;
    this.prunedBy = checks.map(() => 0);
  }

  isHopeless(): boolean {
    return this.checked >= TRIAL_ROW_GROUPS && this.absent.size * PRUNED_SHARE_MIN < this.checked;
  }

  add(units: readonly RowGroupUnit[], skip: SkipIndex | 'unreadable' | null): void {
    this.checked += units.length;
    if (skip === 'unreadable') this.unreadable++;
    if (skip === null || skip === 'unreadable') return;
    for (const unit of units) {
      if (skip.hasFilter(unit.rowGroup)) this.filtered++;
      const lacking = this.#checks.findIndex((check) => check !== null && !check(skip, unit.rowGroup));
      if (lacking < 0) continue;
      this.prunedBy[lacking] = (this.prunedBy[lacking] ?? 0) + 1;
      this.absent.add(unit);
    }
  }
}

async function visitChunks(
  chunks: readonly (readonly RowGroupUnit[])[],
  skipIndexOf: SkipIndexOf,
  found: Pruning,
): Promise<void> {
  let reads = 1;
  for (let start = 0; start < chunks.length && !found.isHopeless(); start += reads) {
    reads = start === 0 ? 1 : Math.min(READS_MAX, reads * 2);
    const batch = chunks.slice(start, start + reads);
    const indexes = await Promise.all(batch.map(([unit]) => readSkipIndex(unit, skipIndexOf)));
    for (const [i, skip] of indexes.entries()) found.add(batch[i], skip);
  }
}

/** A skip index only says what need not be read: without it everything is. */
async function readSkipIndex(
  { chunkKey }: RowGroupUnit,
  skipIndexOf: SkipIndexOf,
): Promise<SkipIndex | 'unreadable' | null> {
  try {
    return await skipIndexOf(chunkKey);
  } catch (error) {
    if (error instanceof SkaldError && error.code === 'corruption') return 'unreadable';
    // Replaced since the units were found.
    if (error instanceof SkaldError && error.code === 'not_found') return null;
    throw error;
  }
}

/** Row groups of each chunk, chunks in the order in which they are first needed. */
function rowGroupsByChunk(units: readonly ScanUnit[]): RowGroupUnit[][] {
  const chunks = new Map<string, RowGroupUnit[]>();
  for (const unit of units) {
    if (unit.kind !== 'RowGroup') continue;
    const chunk = chunks.get(unit.chunkKey);
    if (chunk === undefined) chunks.set(unit.chunkKey, [unit]);
    else chunk.push(unit);
  }
  return [...chunks.values()];
}

/** Null when nothing can be decided by it. */
function compileRequirement(requirement: Requirement, streams: readonly Labels[]): Check | null {
  if (requirement.kind === 'Line') return compileLine(requirement);
  const isLabel = ({ name }: { readonly name: string }): boolean => streams.some((labels) => labels.has(name));
  if (requirement.anyOf.some(isLabel)) return null;
  const pairs = requirement.anyOf.map(({ name, value }) => compilePair(name, value));
  return (skip, rowGroup) => pairs.some((pair) => skip.mayHavePair(rowGroup, pair));
}

function compileLine({ anyOf, ignoreCase }: LineRequirement): Check | null {
  const alternatives: Needle[][] = [];
  for (const texts of anyOf) {
    const needles = texts.map((text) => compileNeedle(text, ignoreCase)).filter((needle) => needle !== null);
    // Nothing is known of this alternative: it may be anywhere.
    if (needles.length === 0) return null;
    alternatives.push(needles);
  }
  return (skip, rowGroup) =>
    alternatives.some((needles) => needles.every((needle) => skip.mayContain(rowGroup, needle)));
}
