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
    return await this.#options.catalog.series(this.#limited(request));
  }

  async labelNames(request: LabelRequest): Promise<string[]> {
    return await this.#options.catalog.labelNames(this.#limited(request));
  }

  async labelValues(request: LabelRequest & { readonly name: string }): Promise<string[]> {
    return await this.#options.catalog.labelValues(this.#limited(request));
  }

  async streamStatistics(request: FindRequest): Promise<StreamStatistics[]> {
    return await this.#options.catalog.streamStatistics(this.#limited(request));
  }

  async streamVolumes(request: FindRequest, ranges: readonly TimeRange[]): Promise<Iterable<StreamVolumes>> {
    const oldest = this.#oldest(request.tenant);
    const allowed = ranges.map((range) => clampRange(range, oldest));
    const volumes = await this.#options.catalog.streamVolumes(this.#limited(request), allowed);
    return withoutEmptyRanges(volumes, allowed);
  }

  async stats(request: FindRequest): Promise<TenantStatistics> {
    return await this.#options.catalog.stats(this.#limited(request));
  }

  #limited<Request extends { readonly tenant: string; readonly range: TimeRange }>(request: Request): Request {
    const range = clampRange(request.range, this.#oldest(request.tenant));
    checkLength(range.end - range.start, this.#options.limits(request.tenant));
    return { ...request, range };
  }

  #oldest(tenant: string): bigint | null {
    return oldestAllowed(this.#options.limits(tenant), this.#options.clock.nowNs());
  }
}

/** A stream has nothing in a range of no length, not 0 bytes. */
function* withoutEmptyRanges(volumes: Iterable<StreamVolumes>, ranges: readonly TimeRange[]): Generator<StreamVolumes> {
  for (const volume of volumes) {
    for (let i = 0; i < ranges.length && ranges[i].start === ranges[i].end; i++) volume.bytes[i] = -1;
    yield volume;
  }
}
