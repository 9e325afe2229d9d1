import { expect, test } from 'vitest';
import { nodeRuntime } from '../common/node-runtime.ts';
import { createLogger } from '../common/telemetry/logger.ts';
import { Metrics } from '../common/telemetry/metrics.ts';
import { configSchema } from '../config/schema.ts';
import { buildApp } from './app.ts';
import type { ApiContext } from './context.ts';

// No part of a context is there but what every request uses: whatever a route asks of it fails as a bug would.
test.each([
  ['POST', '/loki/api/v1/push', 500],
  ['POST', '/otlp/v1/logs', 503],
  ['GET', '/loki/api/v1/rules', 500],
  ['GET', '/loki/api/v1/labels', 500],
] as const)('a bug behind %s %s is logged and counted', async (method, url, status) => {
  const lines: string[] = [];
  const metrics = new Metrics('0');
  const app = await buildApp({
    config: configSchema.parse({}),
    clock: nodeRuntime.clock,
    logger: createLogger({ level: 'warn', format: 'logfmt', write: (line) => lines.push(line) }),
    metrics,
    notReady: () => null,
  } as unknown as ApiContext);
  const response = await app.inject({ method, url });
  expect([response.statusCode, response.body]).toEqual([status, expect.stringContaining('undefined')]);
  expect(lines).toEqual([expect.stringContaining(`level=error method=${method} path=${url}`)]);
  expect(await metrics.registry.metrics()).toContain('\nloki_panic_total 1\n');
  await app.close();
});
