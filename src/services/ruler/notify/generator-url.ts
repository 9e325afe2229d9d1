/**
 * The link of an alert: Grafana's Explore with the query of the rule. Without an external URL it is a path, as in Loki.
 */
export function generatorUrl(externalUrl: string, datasourceUid: string, expr: string): string {
  const datasource = datasourceUid === '' ? { type: 'loki' } : { type: 'loki', uid: datasourceUid };
  const query = { refId: 'A', datasource, expr, queryType: 'range', editorMode: 'code' };
  const left = JSON.stringify({
    ...(datasourceUid === '' ? {} : { datasource: datasourceUid }),
    queries: [query],
    range: { from: 'now-1h', to: 'now' },
  });
  return `${externalUrl.replace(/\/+$/, '')}/explore?left=${encodeURIComponent(left)}`;
}
