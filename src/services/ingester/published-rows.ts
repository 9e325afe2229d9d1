import type { Labels } from '../../common/labels.ts';
import type { HeadGroup } from '../../../storage/head/head-group.ts';
import type { TenantHead } from '../../../storage/head/tenant-head.ts';
import type { HeadBlock } from '../../../storage/read/head-block.ts';

/**
 * Rows `[firstRow, firstRow + rowCount)` of a head block, and the tables of the head that they refer to. They stay
 * readable after the block was flushed for as long as somebody holds them.
 */
export interface PublishedRows {
  readonly block: HeadBlock;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly lineBytes: number;
  /** Bounds of the timestamps, not always the narrowest. */
  readonly minTimestamp: bigint;
  readonly maxTimestamp: bigint;
  /** Tables of the head; they grow, entries never change. */
  readonly streams: readonly Labels[];
  readonly levels: readonly string[];
  readonly metadataNames: readonly string[];
}

/** Called in the turn in which the rows became visible. Must not throw. */
export type PublishListener = (rows: readonly PublishedRows[]) => void;

/** Who is told what becomes visible, by tenant. Costs nothing for tenants without listeners. */
export class Publications {
  readonly #listeners = new Map<string, Set<PublishListener>>();

  /**
   * Calls the listener with everything of a tenant that becomes visible from now on, each entry once. What the ingester's
   * `view` shows in this turn is not among it. The returned function ends it.
   */
  subscribe(tenant: string, listener: PublishListener): () => void {
    const listeners = this.#listeners.get(tenant) ?? new Set();
    this.#listeners.set(tenant, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(tenant) === listeners) this.#listeners.delete(tenant);
    };
  }

  /** Call before an append, and what it returns after it, in the same turn. Null when nobody listens. */
  begin(head: TenantHead): (() => void) | null {
    const listeners = this.#listeners.get(head.tenant);
    if (listeners === undefined) return null;
    const mark = markOf(head);
    return () => {
      const rows = rowsSince(head, mark);
      if (rows.length > 0) for (const listener of listeners) listener(rows);
    };
  }
}

/** How far a head was filled at one moment. */
interface HeadMark {
  readonly group: HeadGroup | null;
  readonly blocks: number;
  readonly rowsOfLast: number;
}

function markOf({ open }: TenantHead): HeadMark {
  return { group: open, blocks: open?.blocks.length ?? 0, rowsOfLast: open?.blocks.at(-1)?.rowCount ?? 0 };
}

/** What was appended since the mark by one append: it goes to the group that is open after it. */
function rowsSince(head: TenantHead, mark: HeadMark): PublishedRows[] {
  const { open } = head;
  if (open === null) return [];
  const isSame = open === mark.group;
  const firstBlock = isSame ? Math.max(0, mark.blocks - 1) : 0;
  const { streams, levels, metadataNames } = head.view();
  const rows: PublishedRows[] = [];
  for (let index = firstBlock; index < open.blocks.length; index++) {
    const { block, rowCount, minTimestamp, maxTimestamp } = open.blocks[index].view();
    const firstRow = isSame && index === mark.blocks - 1 ? mark.rowsOfLast : 0;
    if (rowCount === firstRow) continue;
    const lineBytes = block.lineOffsets[rowCount] - block.lineOffsets[firstRow];
    const tables = { streams, levels, metadataNames };
    rows.push({ block, firstRow, rowCount: rowCount - firstRow, lineBytes, minTimestamp, maxTimestamp, ...tables });
  }
  return rows;
}
