import { SeverityNumber } from '@opentelemetry/api-logs';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { afterEach, expect, test, vi } from 'vitest';
import { getData, type LogStream } from '../support/loki-client.ts';
import { ServerForTests } from '../support/server-for-tests.ts';

const server = new ServerForTests();

afterEach(() => vi.unstubAllEnvs());

const COUNT = 250;
const START_MS = Date.now() - 60_000;

/** Logs as a program with the SDK does; resolves when everything was exported. */
async function logWith(exporter: LogRecordExporter, service: string): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({
      'service.name': service,
      'k8s.namespace.name': 'shop',
      'host.name': 'node-1',
      'process.pid': 42,
    }),
    processors: [new BatchLogRecordProcessor({ exporter, maxExportBatchSize: 100, maxQueueSize: 1000 })],
  });
  const logger = provider.getLogger('checkout', '1.2.3');
  for (let i = 0; i < COUNT; i++) {
    logger.emit({
      timestamp: [Math.floor((START_MS + i) / 1000), ((START_MS + i) % 1000) * 1_000_000 + i],
      severityNumber: i % 10 === 0 ? SeverityNumber.ERROR : SeverityNumber.INFO,
      severityText: i % 10 === 0 ? 'ERROR' : 'INFO',
      body: i % 10 === 9 ? { order: i, items: ['a', 'b'] } : `order ${i} paid ✓`,
      attributes: { 'http.response.status_code': 200 + (i % 2), 'user.ids': ['x', 'y'], retried: i % 2 === 0 },
    });
  }
  await provider.forceFlush();
  await provider.shutdown();
}

test.each([
  ['otlp-json', (url: string) => new JsonExporter({ url })],
  ['otlp-proto', (url: string) => new ProtoExporter({ url })],
  ['otlp-gzip', (url: string) => new ProtoExporter({ url })],
])('%s: what the exporter sends is found again, line by line', async (service, exporterFor) => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_LOGS_COMPRESSION', service === 'otlp-gzip' ? 'gzip' : 'none');
  await logWith(exporterFor(`${server.url}/otlp/v1/logs`), service);
  const { result } = await getData<{ result: LogStream[] }>(server.url, '/loki/api/v1/query_range', {
    query: `{service_name="${service}"}`,
    limit: '1000',
    direction: 'forward',
  });
  const entries = result
    .flatMap(({ stream, values }) => values.map(([timestamp, line]) => ({ stream, timestamp, line })))
    .sort((a, b) => (BigInt(a.timestamp) < BigInt(b.timestamp) ? -1 : 1));
  expect(entries.map(({ line }) => line)).toEqual(
    Array.from({ length: COUNT }, (_, i) =>
      i % 10 === 9 ? JSON.stringify({ items: ['a', 'b'], order: i }) : `order ${i} paid ✓`,
    ),
  );
  expect(entries[7]?.timestamp).toBe(String(BigInt(START_MS + 7) * 1_000_000n + 7n));
  expect(entries[0]?.stream).toMatchObject({
    service_name: service,
    k8s_namespace_name: 'shop',
    detected_level: 'error',
    host_name: 'node-1',
    process_pid: '42',
    scope_name: 'checkout',
    scope_version: '1.2.3',
    severity_text: 'ERROR',
    http_response_status_code: '200',
    retried: 'true',
  });
  const errors = await getData<{ result: { value: [number, string] }[] }>(server.url, '/loki/api/v1/query', {
    query: `sum(count_over_time({service_name="${service}"} | severity_number >= 17 [10m]))`,
  });
  expect(errors.result[0]?.value[1]).toBe(String(COUNT / 10));
});
