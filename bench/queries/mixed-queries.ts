import { type BenchQuery, instant, log, metadata, range, single } from './query.ts';

type Needles = Readonly<Record<string, string>>;

const NGINX = '`<ip> - <user> [<_>] "<method> <uri> <_>" <status> <size> "<_>" "<_>" <rt>`';

/** Q01 to Q20, over the dataset `mixed`. */
export function mixedQueries(needles: Needles): BenchQuery[] {
  const queries = [...lineQueries(needles), ...parserQueries(), ...otherQueries(needles)];
  queries.push(dashboard(queries));
  return queries.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function lineQueries({ Q02 = '', Q03 = '' }: Needles): BenchQuery[] {
  return [
    single('Q01', 'last 100 lines of one app', 'all', log('{app="api"}', 100)),
    single('Q02', 'needle once in all streams', 'all', log(`{cluster="c1"} |= "${Q02}"`, 100)),
    single('Q03', 'needle that is nowhere', 'all', log(`{cluster="c1"} |= "${Q03}"`, 100)),
    single(
      'Q04',
      'lines per app per minute',
      'all',
      range('sum by (app) (count_over_time({cluster="c1"}[1m]))', 60, 'app'),
    ),
    single(
      'Q05',
      'volume histogram by level',
      'api',
      range('sum by (detected_level) (count_over_time({app="api"}[1m]))', 60, 'detected_level'),
    ),
    single(
      'Q06',
      'rate of lines with a frequent word',
      'all',
      range('sum by (app) (rate({cluster="c1"} |= "error" [5m]))', 300, 'app'),
    ),
    single(
      'Q07',
      'alternation regex by app',
      'all',
      range('sum by (app) (count_over_time({cluster="c1"} |~ `status=(4|5)\\d\\d|HTTP/1.1" 5` [5m]))', 300, 'app'),
    ),
    single(
      'Q08',
      'case-insensitive regex',
      'all',
      range('sum(count_over_time({cluster="c1"} |~ `(?i)exception` [5m]))', 300, ''),
    ),
    single('Q16', 'negative filters, newest 1000', 'all', log('{app="nginx"} != "GET" != "200" |= "POST"', 1000)),
  ];
}

function parserQueries(): BenchQuery[] {
  return [
    single(
      'Q09',
      'JSON: lines by status',
      'api',
      range('sum by (status) (count_over_time({app="api"} | json | __error__="" [5m]))', 300, 'status'),
    ),
    single('Q10', 'JSON: two number filters', 'api', log('{app="api"} | json | status>=500 | duration_ms>4000', 1000)),
    single(
      'Q11',
      'JSON: p99 by path',
      'api',
      range(
        'quantile_over_time(0.99, {app="api"} | json | unwrap duration_ms | __error__="" [5m]) by (path)',
        300,
        'path',
      ),
    ),
    single(
      'Q12',
      'logfmt: top tasks, last hour',
      'workerLastHour',
      instant('topk(10, sum by (task) (count_over_time({app="worker"} | logfmt | level="error" [1h])))'),
    ),
    single(
      'Q13',
      'pattern: nginx by status',
      'nginx',
      range(`sum by (status) (count_over_time({app="nginx"} | pattern ${NGINX} [5m]))`, 300, 'status'),
    ),
    single(
      'Q18',
      'JSON: distinct user_id',
      'api',
      instant('count(count by (user_id) (count_over_time({app="api"} | json | __error__="" [6h])))'),
    ),
  ];
}

function otherQueries({ Q17 = '' }: Needles): BenchQuery[] {
  const errors = 'sum(rate({app="api"} |= `"level":"error"` [5m]))';
  return [
    single(
      'Q14',
      'bytes per namespace',
      'all',
      range('sum by (namespace) (bytes_over_time({cluster="c1"}[10m]))', 600, 'namespace'),
    ),
    single('Q15', 'error ratio', 'api', range(`${errors} / sum(rate({app="api"}[5m]))`, 300, '')),
    single('Q17', 'structured metadata equals', 'api', log(`{app="api"} | trace_id="${Q17}"`, 100)),
    {
      id: 'Q19',
      title: 'labels, label values, series',
      selects: ['all'],
      steps: [
        { ...metadata('/loki/api/v1/labels', null), answer: 'Q19/labels' },
        { ...metadata('/loki/api/v1/label/pod/values', null), answer: 'Q19/values' },
        { ...metadata('/loki/api/v1/series', '{cluster="c1"}'), answer: 'Q19/series' },
      ],
      isParallel: false,
    },
  ];
}

const DASHBOARD = ['Q04', 'Q06', 'Q09', 'Q15'];
const PANELS_EACH = 3;

/** Four of the others, three times each, all at once. */
function dashboard(queries: readonly BenchQuery[]): BenchQuery {
  const panels = DASHBOARD.flatMap((id) => {
    const panel = queries.filter((query) => query.id === id);
    return Array.from({ length: PANELS_EACH }, () => panel).flat();
  });
  return {
    id: 'Q20',
    title: 'dashboard: 12 panels at once',
    selects: panels.flatMap(({ selects }) => selects),
    steps: panels.flatMap(({ steps }) => steps),
    isParallel: true,
  };
}
