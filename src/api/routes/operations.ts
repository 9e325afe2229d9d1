import type { FastifyInstance } from 'fastify';
import { printConfig } from '../../config/print-config.ts';
import { LOKI_API_VERSION, VERSION } from '../../version.ts';
import type { ApiContext } from '../context.ts';
import { sendText } from '../errors.ts';

/** `/ready`, `/metrics`, `/config`, `/flush` and build information. */
export function operationsRoutes(app: FastifyInstance, context: ApiContext): void {
  app.get('/ready', async (_request, reply) => {
    const reason = context.notReady();
    return reason === null ? sendText(reply, 200, 'ready', true) : sendText(reply, 503, reason, true);
  });

  app.get('/metrics', async (_request, reply) => {
    const { registry } = context.metrics;
    return reply.header('content-type', registry.contentType).send(await registry.metrics());
  });

  app.get('/config', async (_request, reply) => sendText(reply, 200, printConfig(context.config)));

  app.route({
    method: ['GET', 'POST'],
    url: '/flush',
    handler: async (_request, reply) => {
      await context.ingester.flush();
      return reply.code(204).send();
    },
  });

  app.get('/loki/api/v1/status/buildinfo', async (_request, reply) =>
    reply.header('content-type', 'application/json').send(
      JSON.stringify({
        version: LOKI_API_VERSION,
        revision: VERSION,
        branch: 'skald',
        buildUser: '',
        buildDate: '',
        goVersion: '',
      }),
    ),
  );
}
