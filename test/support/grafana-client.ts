/** Requests as Grafana's Loki data source sends them, and answers as it reads them. */

/** `resultType` and how the values of each look to Grafana's converter of Prometheus-like answers. */
export type GrafanaResult =
  | { readonly resultType: 'streams'; readonly result: readonly GrafanaStream[] }
  | {
      readonly resultType: 'matrix';
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly values: readonly (readonly [number, string])[];
      }[];
    }
  | {
      readonly resultType: 'vector';
      readonly result: readonly {
        readonly metric: Readonly<Record<string, string>>;
        readonly value: readonly [number, string];
      }[];
    }
  | { readonly resultType: 'scalar'; readonly result: readonly [number, string] };

interface Categories {
  readonly structuredMetadata?: Readonly<Record<string, string>>;
  readonly parsed?: Readonly<Record<string, string>>;
}

export interface GrafanaStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [timestampNs: string, line: string, Categories])[];
}

export type GrafanaAnswer = GrafanaResult & {
  readonly encodingFlags?: readonly string[];
  readonly stats: { readonly summary: Readonly<Record<string, number>> };
};

export interface GrafanaRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface GrafanaQuery {
  readonly expr: string;
  readonly range: GrafanaRange;
  /** What the query is for: the value of `X-Query-Tags: Source=`; null for the query itself. */
  readonly source?: 'logvolhist' | 'logsample' | 'datasample' | 'infinitescroll' | null;
  readonly direction?: 'backward' | 'forward';
  readonly maxLines?: number;
  /** Go's text of a duration, which the back end of the data source writes: `1m0s`. */
  readonly step?: string;
}

/** A Grafana that has a server as its data source. */
export class GrafanaClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** A range query of a panel, of Explore, of an alert rule. */
  async range(query: GrafanaQuery): Promise<GrafanaAnswer> {
    const { range, maxLines, step = '15s', direction = 'backward' } = query;
    const params = {
      direction,
      end: `${range.toMs}000000`,
      ...(maxLines === undefined ? {} : { limit: String(maxLines) }),
      query: query.expr,
      start: `${range.fromMs}000000`,
      step,
    };
    return await this.#data('/loki/api/v1/query_range', params, query.source);
  }

  async instant(query: GrafanaQuery): Promise<GrafanaAnswer> {
    const params = { direction: query.direction ?? 'backward', query: query.expr, time: `${query.range.toMs}000000` };
    return await this.#data('/loki/api/v1/query', params, query.source);
  }

  /** A resource of the data source: labels, statistics and whatever else Grafana passes through. */
  async resource<T>(path: string, params: Readonly<Record<string, string>>): Promise<T> {
    const response = await this.#get(`/loki/api/v1/${path}`, params, {});
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return JSON.parse(text) as T;
  }

  /** Bounds as resources are given them. */
  static bounds({ fromMs, toMs }: GrafanaRange): { start: string; end: string } {
    return { start: `${fromMs}000000`, end: `${toMs}000000` };
  }

  async #data(
    path: string,
    params: Readonly<Record<string, string>>,
    source: GrafanaQuery['source'] = null,
  ): Promise<GrafanaAnswer> {
    const tags: Record<string, string> = source === null ? {} : { 'X-Query-Tags': `Source=${source}` };
    const response = await this.#get(path, params, { ...tags, 'X-Loki-Response-Encoding-Flags': 'categorize-labels' });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    const { status, data } = JSON.parse(text) as { status: string; data: GrafanaAnswer };
    if (status !== 'success') throw new Error(`${path}: status ${status}`);
    return data;
  }

  async #get(
    path: string,
    params: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<Response> {
    return await fetch(`${this.#url}${path}?${new URLSearchParams(params).toString()}`, {
      headers: { 'User-Agent': 'Grafana/12.0.0', 'Accept-Encoding': 'gzip', ...headers },
    });
  }
}

/** Throws where an answer has not the form that Grafana reads. */
export function expectGrafanaForm({ resultType, result }: GrafanaResult): void {
  const fail = (what: unknown): never => {
    throw new Error(`${resultType}: ${JSON.stringify(what)}`);
  };
  const isSample = (sample: unknown): boolean =>
    Array.isArray(sample) && sample.length === 2 && typeof sample[0] === 'number' && typeof sample[1] === 'string';
  if (resultType === 'scalar') {
    if (!isSample(result)) fail(result);
    return;
  }
  for (const item of result) {
    if ('stream' in item) {
      for (const value of item.values as unknown as readonly unknown[][]) {
        const [timestamp, line, categories] = value;
        if (!/^\d{19}$/.test(String(timestamp)) || typeof line !== 'string') fail(value);
        if (typeof categories !== 'object' || categories === null || value.length !== 3) fail(value);
      }
    } else if ('values' in item ? !item.values.every(isSample) : !isSample(item.value)) fail(item);
  }
}
