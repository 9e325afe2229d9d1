import type { FastifyInstance, FastifyReply } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import { bytesField } from '../../rpc/protobuf.ts';
import type { ApiContext } from '../context.ts';
import { sendError, statusOf, textOf } from '../errors.ts';
import { tenantOf } from '../tenant.ts';
import { pushOf } from './push.ts';

/** `/otlp/v1/logs`: an OTLP ExportLogsServiceRequest; 204 when every record is durable. */
export function otlpPushRoute(app: FastifyInstance, context: ApiContext): void {
  app.post('/otlp/v1/logs', {
    bodyLimit: context.config.distributor.max_recv_msg_size,
    errorHandler: (error, _request, reply) => void sendStatus(reply, error),
    handler: async (request, reply) => {
      const tenant = tenantOf(request, context.config.auth_enabled);
      if (context.notReady() !== null) throw new SkaldError('unavailable', context.notReady() ?? '');
      await context.distributor.push(tenant, pushOf(request), 'otlp');
      return reply.code(204).send();
    },
  });
}

/**
 * A google.rpc.Status with its message only. Senders retry 503 and never 500, so that an error of ours becomes 503
 * (features section 1.1, OTLP errors).
 */
function sendStatus(reply: FastifyReply, error: unknown): FastifyReply {
  if (error instanceof SkaldError && error.code === 'unauthorized') return sendError(reply, error, true);
  const status = statusOf(error);
  return reply
    .code(status === 500 ? 503 : status)
    .header('content-type', 'application/octet-stream')
    .send(bytesField(2, textOf(error)));
}
