import type { FastifyRequest } from 'fastify';
import { goQuote } from '../common/go-quote.ts';

/**
 * The parameters of a request as Go's `Request.Form` merges them: fields of a form body first, then the query string.
 * All query endpoints take GET and POST.
 */
export function formOf(request: FastifyRequest): URLSearchParams {
  const query = request.url.indexOf('?');
  const form = new URLSearchParams();
  if (isForm(request) && Buffer.isBuffer(request.body)) {
    for (const [name, value] of new URLSearchParams(request.body.toString('utf8'))) form.append(name, value);
  }
  if (query >= 0) {
    for (const [name, value] of new URLSearchParams(request.url.slice(query + 1))) form.append(name, value);
  }
  return form;
}

function isForm(request: FastifyRequest): boolean {
  return (request.headers['content-type'] ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');
}

/** The query of the endpoints that take a `regexp` beside it: one more line filter. */
export function queryTextOf(form: URLSearchParams): string {
  const regexp = form.get('regexp') ?? '';
  return (form.get('query') ?? '') + (regexp === '' ? '' : ` |~ ${goQuote(regexp)}`);
}
