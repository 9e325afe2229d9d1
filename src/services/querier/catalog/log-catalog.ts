import type { StorageCatalog } from '../../../../storage/catalog/storage-catalog.ts';

type MetadataQuestion = 'series' | 'labelNames' | 'labelValues' | 'streamStatistics' | 'streamVolumes' | 'stats';

/** What requests that are no queries ask of stored logs. */
export type MetadataCatalog = Pick<StorageCatalog, MetadataQuestion>;

/** What queries ask as well: storage itself, or something that stands before it. */
export type LogCatalog = Pick<StorageCatalog, keyof StorageCatalog>;
