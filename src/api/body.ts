import type { FastifyRequest } from 'fastify';

/** The bytes of a request's body; none where it has no body. */
export function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
