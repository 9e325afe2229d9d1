/** Entries as the push API takes them: nanoseconds as text, line, structured metadata. */
export type PushValue = readonly [timestampNs: string, line: string, metadata?: Readonly<Record<string, string>>];

export interface LogStream {
  readonly stream: Record<string, string>;
  readonly values: [string, string, unknown?][];
}

export async function push(
  url: string,
  stream: Record<string, string>,
  values: readonly PushValue[],
): Promise<Response> {
  return await fetch(`${url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream, values }] }),
  });
}

export async function get(
  url: string,
  path: string,
  params: Record<string, string> = {},
  tenant: string | null = null,
): Promise<Response> {
  const headers: Record<string, string> = tenant === null ? {} : { 'X-Scope-OrgID': tenant };
  return await fetch(`${url}${path}?${new URLSearchParams(params).toString()}`, { headers });
}

/** The `data` member of a successful answer. */
export async function getData<T>(
  url: string,
  path: string,
  params: Record<string, string>,
  tenant: string | null = null,
): Promise<T> {
  const response = await get(url, path, params, tenant);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return (JSON.parse(text) as { data: T }).data;
}

/** All entries of a selector in `[startNs, endNs)`, oldest first, read in pages as logcli does. */
export async function readAll(
  url: string,
  query: string,
  startNs: bigint,
  endNs: bigint,
  tenant: string | null = null,
): Promise<LogStream['values']> {
  const limit = 5000;
  const params = { query, start: String(startNs), end: String(endNs), limit: String(limit), direction: 'forward' };
  const { result } = await getData<{ result: LogStream[] }>(url, '/loki/api/v1/query_range', params, tenant);
  const values = result.flatMap(({ values: entries }) => entries);
  if (values.length < limit) return values;
  const middle = (startNs + endNs) / 2n;
  return [
    ...(await readAll(url, query, startNs, middle, tenant)),
    ...(await readAll(url, query, middle, endNs, tenant)),
  ];
}
