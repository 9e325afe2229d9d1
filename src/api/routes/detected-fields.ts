import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { jsonText } from '../../common/go-json.ts';
import { parseLogQuery } from '../../../grammar/parse.ts';
import type { LogRow } from '../../../exec/result/query-result.ts';
import { detectFields, detectFieldValues } from '../../services/querier/detected-fields.ts';
import type { ApiContext } from '../context.ts';
import { sendJson } from '../encode/query-response.ts';
import { formOf } from '../form.ts';
import { parseLimit, parseRangeQuery } from '../params.ts';
import { queryOptionsOf } from '../query-options.ts';

const FIELDS_DEFAULT = 1000;

/**
 * `/loki/api/v1/detected_fields` and `/loki/api/v1/detected_field/{name}/values`: fields of the newest `line_limit`
 * entries of a log query. Where nothing is found, the answer is `{}` (fact 194).
 */
export function detectedFieldsRoutes(app: FastifyInstance, context: ApiContext): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/detected_fields',
    handler: async (request, reply) => {
      const form = formOf(request);
      const limit = fieldLimit(form);
      const fields = detectFields(await readRows(request, reply, form, context), limit).map(({ jsonPath, ...field }) =>
        jsonPath === null ? field : { ...field, jsonPath },
      );
      return sendJson(reply, `${JSON.stringify(fields.length > 0 ? { fields, limit } : {})}\n`);
    },
  });

  app.route<{ Params: { name: string } }>({
    method: ['GET', 'POST'],
    url: '/loki/api/v1/detected_field/:name/values',
    handler: async (request, reply) => {
      const form = formOf(request);
      const limit = fieldLimit(form);
      const rows = await readRows(request, reply, form, context);
      const values = detectFieldValues(rows, request.params.name, limit);
      const list = values.map(jsonText).join(',');
      return sendJson(reply, values.length > 0 ? `{"values":[${list}],"limit":${limit}}\n` : '{}\n');
    },
  });
}

function fieldLimit(form: URLSearchParams): number {
  return parseLimit(form, form.get('limit') === null ? 'field_limit' : 'limit', FIELDS_DEFAULT);
}

async function readRows(
  request: FastifyRequest,
  reply: FastifyReply,
  form: URLSearchParams,
  context: ApiContext,
): Promise<readonly LogRow[]> {
  const query = form.get('query') ?? '';
  parseLogQuery(query);
  form.delete('limit');
  const limit = parseLimit(form, 'line_limit');
  const params = parseRangeQuery(form, context.clock.nowNs());
  const { result } = await context.frontend.query({
    ...queryOptionsOf(request, reply, context),
    query,
    params: { ...params, limit, direction: 'backward' },
  });
  return result.kind === 'LogResult' ? result.rows : [];
}
