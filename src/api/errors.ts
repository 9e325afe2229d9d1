import type { FastifyReply } from 'fastify';
import { httpStatusOf, messageOf, SkaldError } from '../common/errors.ts';

const CANCELLED = 'the request was cancelled by the client';
const TIMED_OUT =
  'request timed out, decrease the duration of the request or add more label matchers (prefer exact match over regex match) to reduce the amount of data processed';

/** Plain text, as Loki answers errors: no envelope. `newline` is what Go's http.Error adds on push and 404 answers. */
export function sendText(reply: FastifyReply, status: number, text: string, newline = false): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .send(newline ? `${text}\n` : text);
}

/** The one place where an error becomes a status and a text. A request without tenant is answered alike everywhere. */
export function sendError(reply: FastifyReply, error: unknown, newline = false): FastifyReply {
  const isUnauthorized = error instanceof SkaldError && error.code === 'unauthorized';
  return sendText(reply, statusOf(error), textOf(error), newline || isUnauthorized);
}

/** A `statusCode` of its own wins: those of fastify's errors, and of a blocked push. */
export function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : httpStatusOf(error);
}

export function textOf(error: unknown): string {
  if (error instanceof SkaldError && error.code === 'cancelled') return CANCELLED;
  if (error instanceof SkaldError && error.code === 'deadline_exceeded') return TIMED_OUT;
  return messageOf(error);
}
