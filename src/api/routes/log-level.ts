import type { FastifyInstance } from 'fastify';
import { goQuote } from '../../common/go-quote.ts';
import type { ApiContext } from '../context.ts';
import { sendStatusJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';

const LEVELS: readonly string[] = ['debug', 'info', 'warn', 'error'];

/** `/log_level`: says or changes the level of the process's own log, until it ends. */
export function logLevelRoute(app: FastifyInstance, { logger }: ApiContext): void {
  app.get('/log_level', async (_request, reply) =>
    sendStatusJson(reply, { message: `Current log level is ${logger.level}` }),
  );
  app.post('/log_level', async (request, reply) => {
    const level = formOf(request).get('log_level') ?? '';
    if (!LEVELS.includes(level)) {
      const message = `unrecognized log level ${goQuote(level)}`;
      return sendStatusJson(reply, { status: 'failed', message }, 400);
    }
    logger.level = level;
    return sendStatusJson(reply, { status: 'success', message: `Log level set to ${level}` });
  });
}
