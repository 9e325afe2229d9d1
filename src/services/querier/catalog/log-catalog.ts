import type { StorageCatalog } from '../../../../storage/catalog/storage-catalog.ts';

/** What queries and metadata endpoints ask of stored logs: storage itself, or something that stands before it. */
export type LogCatalog = Pick<StorageCatalog, keyof StorageCatalog>;
