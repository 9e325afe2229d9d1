import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import { parseGoInt } from '../../common/go-number.ts';
import { NS_PER_SECOND } from '../../common/time.ts';
import { parseQuery } from '../../../grammar/parse.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import { checkQuery } from '../../services/querier/limits/check-query.ts';
import { oldestAllowed } from '../../services/querier/limits/lookback.ts';
import type { TailRequest } from '../../services/tail/tail-service.ts';
import type { TailSocket } from '../../services/tail/tail-entry.ts';
import type { ApiContext } from '../context.ts';
import { encodingFlagsOf } from '../encode/query-response.ts';
import { sendText } from '../errors.ts';
import { formOf, queryTextOf } from '../form.ts';
import { parseBounds, parseLimit } from '../params.ts';
import { tenantOf } from '../tenant.ts';

const PATHS = ['/loki/api/v1/tail', '/api/prom/tail'];
const DELAY_MAX_SECONDS = 5n;

/** What is used of a WebSocket. */
interface Connection {
  readonly bufferedAmount: number;
  send(data: Buffer, options: { readonly binary: boolean }, done: () => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  on(event: 'close' | 'pong' | 'message', listener: () => void): void;
}

/**
 * `/loki/api/v1/tail`, and its old name: a WebSocket with history and live entries (features section 1.2). Wrong
 * parameters and queries are answered before the upgrade (spec fact 178).
 */
export function tailRoute(app: FastifyInstance, context: ApiContext): void {
  for (const url of PATHS) {
    app.route({
      method: 'GET',
      url,
      preValidation: async (request) => void parseTail(request, context),
      handler: async (_request, reply) => sendText(reply, 400, 'Bad Request', true),
      wsHandler: (socket: Connection, request) => {
        const tail = context.tails.open(parseTail(request, context), adapted(socket));
        socket.on('close', () => tail.end());
        socket.on('pong', () => tail.heard());
        socket.on('message', () => tail.heard());
      },
    });
  }
}

/**
 * Whether a request that asks for another protocol gets it: nothing but a tail becomes a WebSocket. Everything else is
 * answered as if it had not asked, as Go's server does: Java's client and `curl --http2` offer HTTP/2 with every request.
 */
export function isTailUpgrade({ url = '', headers }: IncomingMessage): boolean {
  const [path = ''] = url.split('?');
  return PATHS.includes(path) && headers.upgrade?.toLowerCase() === 'websocket';
}

function adapted(socket: Connection): TailSocket {
  return {
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
    send: (text, done) => socket.send(text, { binary: false }, done),
    ping: () => socket.ping(),
    close: (code, reason) => socket.close(code, reason),
  };
}

function parseTail(request: FastifyRequest, context: ApiContext): TailRequest {
  const tenant = tenantOf(request, context.config.auth_enabled);
  const form = formOf(request);
  const query = queryTextOf(form);
  const expr = parseQuery(query);
  const nowNs = context.clock.nowNs();
  const history: QueryParams = {
    startNs: parseBounds(form, nowNs).startNs,
    endNs: nowNs,
    stepNs: 0n,
    limit: parseLimit(form),
    direction: 'backward',
    intervalNs: 0n,
    instant: false,
  };
  const delayNs = parseDelay(form.get('delay_for') ?? '');
  const limits = context.limits(tenant);
  // A metric query is refused after the upgrade.
  if (expr.kind === 'LogExpr') checkQuery({ text: query, expr, params: history, limits });
  const oldest = oldestAllowed(limits, nowNs);
  const startNs = oldest === null || history.startNs > oldest ? history.startNs : oldest;
  return { tenant, expr, query, startNs, limit: history.limit, delayNs, encodingFlags: encodingFlagsOf(request) };
}

/** Whole seconds. */
function parseDelay(text: string): bigint {
  const seconds = text === '' ? 0n : parseGoInt(text, 'Atoi');
  if (seconds > DELAY_MAX_SECONDS) {
    throw new SkaldError('bad_request', `delay_for can't be greater than ${DELAY_MAX_SECONDS}`);
  }
  return (seconds > 0n ? seconds : 0n) * NS_PER_SECOND;
}
