/** The link of an alert: Grafana's Explore with the query of the rule. Without an external URL it is a path, as in Loki. */
export function generatorUrl(externalUrl: string, datasourceUid: string, expr: string): string {
  return exploreUrl(externalUrl, datasourceUid, expr, { from: 'now-1h', to: 'now' });
}

/** A link to the entries of a log query in `[startNs, endNs)`. */
export function logsUrl(
  externalUrl: string,
  datasourceUid: string,
  query: string,
  { startNs, endNs }: { readonly startNs: bigint; readonly endNs: bigint },
): string {
  const range = { from: String(startNs / 1_000_000n), to: String((endNs + 999_999n) / 1_000_000n) };
  return exploreUrl(externalUrl, datasourceUid, query, range);
}

function exploreUrl(
  externalUrl: string,
  uid: string,
  expr: string,
  range: { readonly from: string; readonly to: string },
): string {
  const datasource = uid === '' ? { type: 'loki' } : { type: 'loki', uid };
  const query = { refId: 'A', datasource, expr, queryType: 'range', editorMode: 'code' };
  const left = JSON.stringify({ ...(uid === '' ? {} : { datasource: uid }), queries: [query], range });
  return `${externalUrl.replace(/\/+$/, '')}/explore?left=${encodeURIComponent(left)}`;
}
