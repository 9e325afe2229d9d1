import { type BenchQuery, instant, log, metadata, range, single } from './query.ts';

/** S1 to S5, over the dataset `streams`. */
export function streamsQueries({ S3 = '' }: Readonly<Record<string, string>>): BenchQuery[] {
  return [
    single('S1', 'count over all streams', 'all', range('sum(count_over_time({app="many"}[5m]))', 300, '')),
    single(
      'S2',
      'top 5 pods, last hour',
      'lastHour',
      instant('topk(5, sum by (pod) (count_over_time({app="many"}[1h])))'),
    ),
    single('S3', 'needle over all streams', 'all', log(`{app="many"} |= "${S3}"`, 100)),
    single('S4', 'series list', 'all', metadata('/loki/api/v1/series', '{app="many"}')),
    single('S5', 'last 100 lines', 'all', log('{app="many"}', 100)),
  ];
}
