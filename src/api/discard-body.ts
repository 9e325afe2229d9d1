import type { FastifyReply, FastifyRequest } from 'fastify';

/** Past this the connection is cut under the client: it means no single request. */
const DISCARDED_MAX_BYTES = 512 * 2 ** 20;

/**
 * Lets a request be answered before its body has ended: the answer is sent at once, and what is left of the body is read
 * and thrown away. To close the connection instead, as is usual, shows a client that still writes a broken pipe in
 * place of the status and the reason. A client that waits for the answer before it writes has it, and one that then does
 * neither is cut off as an idle connection.
 */
export function discardBody({ raw }: FastifyRequest, reply: FastifyReply): void {
  if (raw.complete || raw.destroyed) return;
  reply.removeHeader('connection');
  let bytes = 0;
  raw.on('error', () => undefined);
  raw.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARDED_MAX_BYTES) raw.destroy();
  });
}
