import compress from '@fastify/compress';
import websocket from '@fastify/websocket';
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { messageOf, SkaldError } from '../common/errors.ts';
import type { ApiContext } from './context.ts';
import { discardBody } from './discard-body.ts';
import { sendError, sendText, statusOf } from './errors.ts';
import { detectedFieldsRoutes } from './routes/detected-fields.ts';
import { detectedLabelsRoute } from './routes/detected-labels.ts';
import { explainRoute } from './routes/explain.ts';
import { formatQueryRoute } from './routes/format-query.ts';
import { indexStatsRoute } from './routes/index-stats.ts';
import { ingesterShutdownRoutes } from './routes/ingester-shutdown.ts';
import { labelValuesRoute } from './routes/label-values.ts';
import { labelsRoute } from './routes/labels.ts';
import { legacyQueryRoute } from './routes/legacy-query.ts';
import { logLevelRoute } from './routes/log-level.ts';
import { operationsRoutes } from './routes/operations.ts';
import { otlpPushRoute } from './routes/otlp-push.ts';
import { patternsRoute } from './routes/patterns.ts';
import { prometheusRulesRoutes } from './routes/prometheus-rules.ts';
import { pushRoutes } from './routes/push.ts';
import { queryRangeRoute } from './routes/query-range.ts';
import { queryRoute } from './routes/query.ts';
import { ringRoutes } from './routes/ring.ts';
import { rulesRoutes } from './routes/rules.ts';
import { seriesRoute } from './routes/series.ts';
import { isTailUpgrade, tailRoute } from './routes/tail.ts';
import { tenantLimitsRoutes } from './routes/tenant-limits.ts';
import { volumeRoutes } from './routes/volume.ts';

/** Form bodies of queries (frontend.max-body-size). Push has a limit of its own. */
const BODY_MAX_BYTES = 10 * 2 ** 20;

/** The head of a request, as Go's server takes it: queries of Grafana stand in its path. */
const HEAD_MAX_BYTES = 2 ** 20;

/** Messages that clients send over a WebSocket: none is expected. */
const CLIENT_MESSAGE_MAX_BYTES = 64 * 2 ** 10;

/** The HTTP application: every route, one border for errors, request metrics. */
export async function buildApp(context: ApiContext): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: BODY_MAX_BYTES,
    logger: false,
    forceCloseConnections: 'idle',
    http: { maxHeaderSize: HEAD_MAX_BYTES, shouldUpgradeCallback: isTailUpgrade },
    // Paths that cannot be read get neither to a route nor to the handlers below.
    frameworkErrors: (error, _request, reply) => void sendError(reply, error),
    routerOptions: { maxParamLength: 1024, querystringParser: () => ({}) },
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // Before the routes: these look at each of them.
  if (context.config.frontend.compress_responses) {
    // Request bodies are limited by their own decoders.
    await app.register(compress, { encodings: ['gzip'], globalDecompression: false, zlibOptions: { level: 1 } });
  }
  await app.register(websocket, { options: { maxPayload: CLIENT_MESSAGE_MAX_BYTES } });
  app.setErrorHandler((error, _request, reply) => sendError(reply, error));
  reportFailures(app, context);
  app.setNotFoundHandler((_request, reply) => sendText(reply, 404, '404 page not found', true));
  app.addHook('onSend', (request, reply, payload, done) => {
    discardBody(request, reply);
    done(null, payload);
  });
  measureRequests(app, context);
  pushRoutes(app, context);
  otlpPushRoute(app, context);
  queryRoute(app, context);
  queryRangeRoute(app, context);
  legacyQueryRoute(app, context);
  labelsRoute(app, context);
  labelValuesRoute(app, context);
  seriesRoute(app, context);
  indexStatsRoute(app, context);
  volumeRoutes(app, context);
  detectedLabelsRoute(app, context);
  detectedFieldsRoutes(app, context);
  patternsRoute(app, context);
  tailRoute(app, context);
  if (context.config.ruler.enable_api) {
    rulesRoutes(app, context);
    prometheusRulesRoutes(app, context);
  }
  formatQueryRoute(app);
  explainRoute(app, context);
  operationsRoutes(app, context);
  logLevelRoute(app, context);
  ringRoutes(app, context);
  ingesterShutdownRoutes(app, context);
  tenantLimitsRoutes(app, context);
  return app;
}

/** Of all routes, also those that have an error handler of their own. */
function reportFailures(app: FastifyInstance, { metrics, logger }: ApiContext): void {
  app.addHook('onError', async (request, _reply, error: unknown) => {
    const status = statusOf(error);
    if (!(error instanceof SkaldError) && status === 500) metrics.panics.inc();
    if (status < 500) return;
    logger.error({ method: request.method, path: request.url.split('?')[0], err: messageOf(error) }, 'request failed');
  });
}

function measureRequests(app: FastifyInstance, { metrics, logger }: ApiContext): void {
  const finish = (request: FastifyRequest, status: number, ms: number): void => {
    const route = routeName(request.routeOptions.url);
    metrics.inflightRequests.dec({ method: request.method, route });
    metrics.requestBytes.observe(
      { method: request.method, route },
      Buffer.isBuffer(request.body) ? request.body.length : 0,
    );
    metrics.requestSeconds.observe(
      { method: request.method, route, status_code: String(status), ws: String(request.ws) },
      ms / 1000,
    );
    logger.debug({ method: request.method, path: request.url, status, ms: Math.round(ms) }, 'request');
  };
  app.addHook('onRequest', (request, reply, done) => {
    metrics.inflightRequests.inc({ method: request.method, route: routeName(request.routeOptions.url) });
    // A connection that became a WebSocket has no response.
    if (request.ws) {
      request.raw.socket.once('close', () => {
        if (!reply.raw.headersSent) finish(request, 101, reply.elapsedTime);
      });
    }
    done();
  });
  app.server.on('connection', (socket) => {
    metrics.tcpConnections.inc({ protocol: 'http' });
    socket.once('close', () => metrics.tcpConnections.dec({ protocol: 'http' }));
  });
  app.addHook('onSend', async (request, _reply, payload) => {
    const length = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : null;
    const labels = { method: request.method, route: routeName(request.routeOptions.url) };
    if (length !== null) metrics.responseBytes.observe(labels, length);
    return payload;
  });
  app.addHook('onResponse', (request, reply, done) => {
    finish(request, reply.statusCode, reply.elapsedTime);
    done();
  });
}

/** `/loki/api/v1/label/:name/values` as `loki_api_v1_label_name_values`: the route label of Loki's dashboards. */
function routeName(url: string | undefined): string {
  return url === undefined ? 'other' : url.slice(1).replaceAll(':', '').replaceAll(/[/-]/g, '_');
}
