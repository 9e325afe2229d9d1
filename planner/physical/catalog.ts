import type { Labels } from '../../src/common/labels.ts';
import type { MinutesAnswer } from '../../src/common/minutes-answer.ts';
import type { PruneAnswer, PruneRequest } from '../../src/common/prune.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import type { TimeRange } from '../../src/common/time.ts';

/** What the planner asks of storage. Implemented where planner and storage meet (src/services/querier). */
export interface Catalog {
  /** Everything that can hold entries of matching streams in `[start, end)`. Consistent: each entry exactly once. */
  find(request: CatalogRequest): Promise<CatalogAnswer>;
  /** Leaves out units of an answer that certainly lack what is required. A catalog without it keeps them all. */
  prune?(request: PruneRequest): Promise<PruneAnswer>;
  /** The units of an answer with what is known of their minutes. A catalog without it knows nothing. */
  addMinutes?(units: readonly ScanUnit[]): Promise<MinutesAnswer>;
}

export interface CatalogRequest {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
  readonly range: TimeRange;
}

export interface CatalogAnswer {
  /** Selected streams; units refer to them by index. Sorted by `Labels.compare`. */
  readonly streams: readonly Labels[];
  readonly units: readonly ScanUnit[];
  readonly statistics: CatalogStatistics;
}

export interface CatalogStatistics {
  /** Chunks known for the tenant, and those whose time range and streams match. */
  readonly chunksTotal: number;
  readonly chunksMatched: number;
  /** Row groups of the matched chunks, and those with a selected row in range. */
  readonly rowGroupsTotal: number;
  readonly rowGroupsMatched: number;
  readonly headRows: number;
  readonly lookupMs: number;
}
