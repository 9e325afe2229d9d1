/** What data and queries are made of: few values, so that queries meet the data. */
export const STREAM_LABELS: Readonly<Record<string, readonly string[]>> = {
  app: ['api', 'web', 'db', 'api-2'],
  env: ['prod', 'dev'],
  pod: ['p-0', 'p-1'],
  note: ['quo"te\\back', 'é日本'],
  level: ['info', 'error'],
};

export const METADATA: Readonly<Record<string, readonly string[]>> = {
  trace_id: ['t1', 't2', 't3'],
  user_id: ['1', '2', ''],
  region: ['eu', 'us'],
  env: ['meta-env'],
  duration_ms: ['15', '250', 'x'],
  msg: ['from metadata'],
};

/** Labels that lines give, by any parser. */
export const PARSED_LABELS: readonly string[] = [
  'level',
  'status',
  'msg',
  'user_id',
  'user_name',
  'latency',
  'size',
  'dur',
  'ok',
  'n',
  'env_extracted',
  'app_extracted',
  'level_extracted',
  'method',
  'path',
  'addr',
];

export const VALUES: Readonly<Record<string, readonly string[]>> = {
  level: ['info', 'error', 'warn', 'debug'],
  status: ['200', '404', '500', '503'],
  msg: ['hello', 'timeout after 3s', 'café', 'a b', ''],
  user_id: ['1', '2', '42', ''],
  user_name: ['alice', 'bob'],
  latency: ['0.25', '1.5', '3e1', 'NaN', '+Inf', 'fast', '-2'],
  size: ['10KB', '1.5MiB', '512', '2 GB', 'big'],
  dur: ['15ms', '1.5s', '1h2m', '100us', '5', '-3s'],
  ok: ['true', 'false'],
  n: ['0', '1', '2', '5', '10', '-1', '1e3'],
  env_extracted: ['prod', 'inner'],
  app_extracted: ['api', 'inner'],
  level_extracted: ['info', 'error'],
  method: ['GET', 'POST'],
  path: ['/', '/api/v1/users', '/login?x=1'],
  addr: ['10.0.0.1', '192.168.4.7', '::1', 'fe80::1'],
  detected_level: ['info', 'error', 'warn', 'unknown'],
  app: STREAM_LABELS['app'],
  env: STREAM_LABELS['env'],
  pod: STREAM_LABELS['pod'],
  trace_id: METADATA['trace_id'],
  region: METADATA['region'],
  missing: ['x', ''],
};

/** Pieces of lines for line filters. */
export const WORDS: readonly string[] = [
  'error',
  'level',
  'GET',
  'POST',
  '200',
  'café',
  'alice',
  '=',
  '"',
  '{',
  ' ',
  'e',
  'timeout',
  'zzz',
  '10.0.',
  '日本',
];
