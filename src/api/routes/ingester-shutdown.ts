import type { FastifyInstance } from 'fastify';
import type { ApiContext } from '../context.ts';
import { formOf } from '../form.ts';

/**
 * `/ingester/prepare_shutdown`: whether the next shutdown flushes in any case; for this process only.
 * `/ingester/shutdown`: ends the ingester now, and the process unless `terminate=false`.
 */
export function ingesterShutdownRoutes(app: FastifyInstance, { shutdown }: ApiContext): void {
  app.get('/ingester/prepare_shutdown', async (_request, reply) =>
    reply.header('content-type', 'text/plain').send(shutdown.isPrepared ? 'set' : 'unset'),
  );
  app.route({
    method: ['POST', 'DELETE'],
    url: '/ingester/prepare_shutdown',
    handler: async (request, reply) => {
      shutdown.isPrepared = request.method === 'POST';
      return reply.code(204).send();
    },
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/ingester/shutdown',
    handler: async (request, reply) => {
      const form = formOf(request);
      await shutdown.run({ flush: form.get('flush') !== 'false', terminate: form.get('terminate') !== 'false' });
      return reply.code(204).send();
    },
  });
}
