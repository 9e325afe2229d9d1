import type { FastifyInstance } from 'fastify';
import { printChanges, printConfig } from '../../config/print-config.ts';
import { configSchema } from '../../config/schema.ts';
import { LOKI_API_VERSION, VERSION } from '../../version.ts';
import type { ApiContext } from '../context.ts';
import { sendPlainJson } from '../encode/query-response.ts';
import { sendText } from '../errors.ts';
import { formOf } from '../form.ts';

/** Loki's names of the modules that run in this process. */
const SERVICES = [
  'server',
  'store',
  'ingester',
  'distributor',
  'querier',
  'query-scheduler',
  'query-frontend',
  'ruler',
];

/** `/ready`, `/metrics`, `/config`, `/services`, `/flush` and build information. */
export function operationsRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get('/ready', async (_request, reply) => {
    const reason = context.notReady();
    return reason === null ? sendText(reply, 200, 'ready', true) : sendText(reply, 503, reason, true);
  });

  app.get('/metrics', async (_request, reply) => {
    const { registry } = context.metrics;
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  });

  app.get('/config', async (request, reply) => {
    const mode = formOf(request).get('mode') ?? '';
    if (mode === 'defaults') return sendText(reply, 200, printConfig(configSchema.parse({})));
    // Loki's documentation says diffs, its code diff.
    if (mode === 'diff' || mode === 'diffs') return sendText(reply, 200, printChanges(context.config));
    return sendText(reply, 200, printConfig(context.config));
  });

  app.get('/services', async (_request, reply) => {
    const state = context.notReady() === null ? 'Running' : 'Stopping';
    const ingester = context.ingester.isClosing ? 'Stopping' : state;
    const lines = SERVICES.map((name) => `${name} => ${name === 'ingester' ? ingester : state}\n`);
    return sendText(reply, 200, lines.join(''));
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/flush',
    handler: async (_request, reply) => {
      await context.ingester.flush();
      return reply.code(204).send();
    },
  });

  app.get('/loki/api/v1/status/buildinfo', async (_request, reply) =>
    sendPlainJson(reply, {
      version: LOKI_API_VERSION,
      revision: VERSION,
      branch: 'skald',
      buildUser: '',
      buildDate: '',
      goVersion: '',
    }),
  );
}
