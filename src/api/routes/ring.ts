import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../context.ts';
import { sendPlainJson } from '../encode/query-response.ts';
import { sendText } from '../errors.ts';
import { formOf } from '../form.ts';

/** Loki's ring pages whose work this process does, and who is in each ring. */
const RINGS: Readonly<Record<string, string>> = {
  '/ring': 'ingester',
  '/distributor/ring': 'distributor',
  '/indexgateway/ring': 'index-gateway',
  '/scheduler/ring': 'query-scheduler',
  '/pattern/ring': 'pattern-ingester',
  '/ruler/ring': 'ruler',
};

interface Instance {
  readonly id: string;
  readonly state: string;
  readonly address: string;
  readonly timestamp: string;
  readonly registered_timestamp: string;
  readonly read_only: boolean;
  readonly read_only_updated_timestamp: string;
  readonly zone: string;
  /** Everything belongs to the one instance: nothing is divided by tokens. */
  readonly tokens: readonly number[];
}

const NEVER = '0001-01-01T00:00:00Z';

/** `/ring`, `/distributor/ring` and so on: the one instance, as a page or, on request, as JSON. */
export function ringRoutes(app: FastifyInstance, context: ApiContext): void {
  const startedAt = isoSeconds(context.clock.nowMs());
  for (const [url, service] of Object.entries(RINGS)) {
    app.get(url, async (request, reply) => {
      const instance = instanceOf(context, service, startedAt);
      return sendRing(request, reply, service, instance, new Date(context.clock.nowMs()).toISOString());
    });
    app.post(url, async (request, reply) => {
      const id = formOf(request).get('forget') ?? '';
      return sendText(reply, 400, `Cannot forget instance "${id}": this process is the only one, and it is running`);
    });
  }
}

function instanceOf({ config, clock, notReady, ingester }: ApiContext, id: string, startedAt: string): Instance {
  const { grpc_listen_address: address, grpc_listen_port: port } = config.server;
  const isLeaving = notReady() !== null || (id === 'ingester' && ingester.isClosing);
  return {
    id,
    state: isLeaving ? 'LEAVING' : 'ACTIVE',
    address: `${address === '' ? '127.0.0.1' : address}:${port}`,
    timestamp: isoSeconds(clock.nowMs()),
    registered_timestamp: startedAt,
    read_only: false,
    read_only_updated_timestamp: NEVER,
    zone: '',
    tokens: [],
  };
}

function sendRing(
  request: FastifyRequest,
  reply: FastifyReply,
  service: string,
  instance: Instance,
  now: string,
): FastifyReply {
  if ((request.headers.accept ?? '').includes('application/json')) {
    return sendPlainJson(reply, { shards: [instance], now });
  }
  const rows = Object.entries(instance).filter(([name]) => name !== 'tokens');
  return reply.header('content-type', 'text/html; charset=utf-8').send(
    `<!doctype html><title>${service} ring</title><h1>${service} ring</h1><p>${now}</p>
<table><tr>${rows.map(([name]) => `<th>${name}</th>`).join('')}</tr>
<tr>${rows.map(([, value]) => `<td>${escaped(String(value))}</td>`).join('')}</tr></table>
`,
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** RFC 3339 without fraction. */
function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
