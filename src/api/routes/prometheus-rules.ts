import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { goQuote } from '../../common/go-quote.ts';
import { activeAlerts } from '../../services/ruler/evaluate/alert.ts';
import { ruleName } from '../../services/ruler/rules/rule-group.ts';
import type { GroupStatus, RuleStatus } from '../../services/ruler/rule-status.ts';
import type { ApiContext } from '../context.ts';
import { encodeAlert, encodeGroup } from '../encode/prometheus-rules.ts';
import { formOf } from '../form.ts';
import { tenantOf } from '../tenant.ts';

/** Prometheus's view of the groups that run: `/prometheus/api/v1/rules` and `/prometheus/api/v1/alerts`. */
export function prometheusRulesRoutes(app: FastifyInstance, context: ApiContext): void {
  const groupsOf = (request: FastifyRequest) => context.ruler.groups(tenantOf(request, context.config.auth_enabled));
  app.get('/prometheus/api/v1/rules', async (request, reply) => {
    const groups = groupsOf(request);
    const form = formOf(request);
    const type = (form.get('type') ?? '').toLowerCase();
    if (!['', 'alert', 'record'].includes(type)) return sendBadType(reply, form.get('type') ?? '');
    return sendData(reply, { groups: groups.flatMap((group) => filtered(group, form, type)) });
  });
  app.get('/prometheus/api/v1/alerts', async (request, reply) => {
    const alerts = groupsOf(request).flatMap(({ rules }) => rules.flatMap((rule) => activeAlerts(rule.alerts)));
    return sendData(reply, { alerts: alerts.map(encodeAlert) });
  });
}

/** A group with the rules that the parameters ask for; nothing when it has none of them. */
function filtered(group: GroupStatus, form: URLSearchParams, type: string): Record<string, unknown>[] {
  if (!isAsked(form, 'file', group.namespace) || !isAsked(form, 'rule_group', group.group.name)) return [];
  const rules = group.rules.filter(
    ({ rule }) => isOfType(rule.kind, type) && isAsked(form, 'rule_name', ruleName(rule)),
  );
  return rules.length === 0 ? [] : [encodeGroup(group, rules)];
}

/** A parameter that is not there asks for everything. */
function isAsked(form: URLSearchParams, name: string, value: string): boolean {
  const asked = form.getAll(name).filter((text) => text !== '');
  return asked.length === 0 || asked.includes(value);
}

function isOfType(kind: RuleStatus['rule']['kind'], type: string): boolean {
  return type === '' || (kind === 'AlertingRule') === (type === 'alert');
}

function sendData(reply: FastifyReply, data: unknown): FastifyReply {
  const body = JSON.stringify({ status: 'success', data, errorType: '', error: '' });
  return reply.header('content-type', 'application/json').send(Buffer.from(body));
}

function sendBadType(reply: FastifyReply, type: string): FastifyReply {
  const error = `not supported value ${goQuote(type)}`;
  const body = JSON.stringify({ status: 'error', data: null, errorType: 'bad_data', error });
  return reply.code(400).header('content-type', 'text/plain; charset=utf-8').send(body);
}
