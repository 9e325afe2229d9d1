import type { Labels } from '../../../common/labels.ts';
import type { Clock } from '../../../common/runtime.ts';
import type { TimeRange } from '../../../common/time.ts';
import type { Limits } from '../../../config/limits.ts';
import type { LabelRequest, SeriesRequest } from '../../../../storage/catalog/label-collector.ts';
import type { FindRequest } from '../../../../storage/catalog/storage-catalog.ts';
import type {
  StreamStatistics,
  StreamVolumes,
  TenantStatistics,
} from '../../../../storage/catalog/stream-statistics.ts';
import { clampRange, oldestAllowed } from '../limits/lookback.ts';
import { checkLength } from '../limits/query-length.ts';
import { EMPTY_CATALOG } from './empty-catalog.ts';
import type { MetadataCatalog } from './log-catalog.ts';

export interface LimitedCatalogOptions {
  readonly catalog: MetadataCatalog;
  readonly limits: (tenant: string) => Limits;
  readonly clock: Clock;
}

/**
 * The catalog of requests that are no queries: labels, series, statistics. They see what max_query_lookback lets them
 * see, and are refused beyond max_query_length. (The querier checks queries itself.)
 */
export class LimitedCatalog implements MetadataCatalog {
  readonly #options: LimitedCatalogOptions;

  constructor(options: LimitedCatalogOptions) {
    this.#options = options;
  }

  async series(request: SeriesRequest): Promise<Labels[]> {
    const { catalog, allowed } = this.#limited(request);
    return await catalog.series(allowed);
  }

  async labelNames(request: LabelRequest): Promise<string[]> {
    const { catalog, allowed } = this.#limited(request);
    return await catalog.labelNames(allowed);
  }

  async labelValues(request: LabelRequest & { readonly name: string }): Promise<string[]> {
    const { catalog, allowed } = this.#limited(request);
    return await catalog.labelValues(allowed);
  }

  async streamStatistics(request: FindRequest): Promise<StreamStatistics[]> {
    const { catalog, allowed } = this.#limited(request);
    return await catalog.streamStatistics(allowed);
  }

  async streamVolumes(request: FindRequest, ranges: readonly TimeRange[]): Promise<Iterable<StreamVolumes>> {
    const { catalog, allowed, oldest } = this.#limited(request);
    const allowedRanges = ranges.map((range) => clampRange(range, oldest));
    return withoutEmptyRanges(await catalog.streamVolumes(allowed, allowedRanges), allowedRanges);
  }

  async stats(request: FindRequest): Promise<TenantStatistics> {
    const { catalog, allowed } = this.#limited(request);
    return await catalog.stats(allowed);
  }

  /** The part of a request that is allowed, and who answers it. */
  #limited<Request extends { readonly tenant: string; readonly range: TimeRange }>(request: Request) {
    const limits = this.#options.limits(request.tenant);
    const oldest = oldestAllowed(limits, this.#options.clock.nowNs());
    const range = clampRange(request.range, oldest);
    checkLength(range.end - range.start, limits);
    const catalog = range.start < range.end ? this.#options.catalog : EMPTY_CATALOG;
    return { catalog, oldest, allowed: { ...request, range } };
  }
}

/** A stream has nothing in a range of no length, not 0 bytes. */
function* withoutEmptyRanges(volumes: Iterable<StreamVolumes>, ranges: readonly TimeRange[]): Generator<StreamVolumes> {
  for (const volume of volumes) {
    for (let i = 0; i < ranges.length && ranges[i].start === ranges[i].end; i++) volume.bytes[i] = -1;
    yield volume;
  }
}
