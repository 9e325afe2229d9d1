/** Values of Loki for keys that skald has too, but with other values, and what happens instead. */
export const OTHER_VALUES: ReadonlyMap<string, { readonly values: readonly string[]; readonly reason: string }> =
  new Map([
    [
      'ingester.chunk_encoding',
      {
        values: ['none', 'gzip', 'lz4-64k', 'snappy', 'lz4-256k', 'lz4-1M', 'flate'],
        reason: 'chunks are compressed with zstd or lz4',
      },
    ],
    [
      'ruler.storage.type',
      {
        values: ['azure', 'alibabacloud', 'gcs', 's3', 'bos', 'swift', 'cos'],
        reason: 'rules are kept on the local filesystem',
      },
    ],
    ['ruler.evaluation.mode', { values: ['remote'], reason: 'rules are evaluated in the process of the ruler' }],
    [
      'ruler.storage.type',
      {
        values: ['s3', 'gcs', 'azure', 'swift', 'bos', 'cos', 'alibabacloud'],
        reason: 'rules are kept beside the chunks',
      },
    ],
  ]);
