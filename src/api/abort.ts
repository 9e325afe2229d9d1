import type { FastifyReply } from 'fastify';
import { SkaldError } from '../common/errors.ts';

/** Aborts with SkaldError `cancelled` when the client goes away before the answer was sent. */
export function abortSignalOf(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort(new SkaldError('cancelled', 'the client closed the connection'));
  });
  return controller.signal;
}
