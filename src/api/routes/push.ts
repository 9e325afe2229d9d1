import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import type { PushRequest } from '../../../ingest/push/content.ts';
import { bodyOf } from '../body.ts';
import type { ApiContext } from '../context.ts';
import { sendError } from '../errors.ts';
import { tenantOf } from '../tenant.ts';

/**
 * `/loki/api/v1/push`: 204 when every entry is durable. Error texts end with a line end, as Loki's do. `/api/prom/push`
 * is its first form: the same in protobuf, other names in JSON.
 */
export function pushRoutes(app: FastifyInstance, context: ApiContext): void {
  const routes = { '/loki/api/v1/push': 'loki', '/api/prom/push': 'legacy' } as const;
  for (const [url, format] of Object.entries(routes)) {
    app.post(url, {
      bodyLimit: context.config.distributor.max_recv_msg_size,
      errorHandler: (error, _request, reply) => void sendError(reply, error, true),
      handler: async (request, reply) => {
        const tenant = tenantOf(request, context.config.auth_enabled);
        if (context.notReady() !== null) throw new SkaldError('unavailable', context.notReady() ?? '');
        await context.distributor.push(tenant, pushOf(request), format);
        return reply.code(204).send();
      },
    });
  }
}

/** What the decoders of bodies take. */
export function pushOf(request: FastifyRequest): PushRequest {
  return {
    contentType: request.headers['content-type'] ?? '',
    contentEncoding: request.headers['content-encoding'] ?? '',
    body: bodyOf(request),
  };
}
