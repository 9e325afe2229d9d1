import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SkaldError } from '../../common/errors.ts';
import { decodeUtf8 } from '../../common/utf8.ts';
import { parseRuleGroup } from '../../services/ruler/rules/parse-rule-group.ts';
import { printGroup, printNamespaces, type NamespaceGroups } from '../../services/ruler/rules/print-rules.ts';
import type { RuleGroup } from '../../services/ruler/rules/rule-group.ts';
import { checkAlertTemplate } from '../../services/ruler/template/template-expander.ts';
import { bodyOf } from '../body.ts';
import type { ApiContext } from '../context.ts';
import { sendError, sendText } from '../errors.ts';
import { formOf } from '../form.ts';
import { tenantOf } from '../tenant.ts';

/** A group in a request. */
const BODY_MAX_BYTES = 512 * 1024;
/** Loki's paths, today's and those of its first versions. */
const BASES = ['/loki/api/v1/rules', '/api/prom/rules'];

interface Path {
  readonly Params: { readonly namespace?: string; readonly group?: string };
}

type Handle = (tenant: string, name: GroupName, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

interface GroupName {
  readonly namespace: string;
  readonly group: string;
}

/** Rule groups of a tenant as YAML: listed, set, read and deleted, as Grafana and `lokitool rules` do (features section 7). */
export function rulesRoutes(app: FastifyInstance, context: ApiContext): void {
  const handlers = handlersOf(context);
  const errorHandler = (error: unknown, _request: FastifyRequest, reply: FastifyReply) =>
    void sendError(reply, error, true);
  const handle = (handler: Handle) => async (request: FastifyRequest<Path>, reply: FastifyReply) => {
    const tenant = tenantOf(request, context.config.auth_enabled);
    return await handler(tenant, nameOf(request), request, reply);
  };
  for (const base of BASES) {
    app.get<Path>(base, { errorHandler }, handle(handlers.list));
    app.get<Path>(`${base}/:namespace`, { errorHandler }, handle(handlers.read));
    app.get<Path>(`${base}/:namespace/:group`, { errorHandler }, handle(handlers.read));
    app.post<Path>(`${base}/:namespace`, { bodyLimit: BODY_MAX_BYTES, errorHandler }, handle(handlers.set));
    app.delete<Path>(`${base}/:namespace`, { errorHandler }, handle(handlers.remove));
    app.delete<Path>(`${base}/:namespace/:group`, { errorHandler }, handle(handlers.remove));
  }
}

function handlersOf({ ruler }: ApiContext): Readonly<Record<'list' | 'read' | 'set' | 'remove', Handle>> {
  const list: Handle = async (tenant, { namespace }, request, reply) => {
    const wanted = labelsIn(formOf(request).get('labels') ?? '');
    const namespaces = (await ruler.namespaces(tenant))
      .filter(({ name }) => namespace === '' || name === namespace)
      .map(({ name, groups }) => ({ name, groups: withLabels(groups, wanted) }))
      .filter(({ groups }) => groups.length > 0);
    if (namespaces.length === 0) return sendText(reply, 404, 'no rule groups found', true);
    return sendYaml(reply, printNamespaces(namespaces));
  };
  return {
    list,
    read: async (tenant, name, request, reply) => {
      if (name.group === '') return await list(tenant, name, request, reply);
      const found = findGroup(await ruler.namespaces(tenant), name);
      return found === undefined
        ? sendText(reply, 404, 'group does not exist', true)
        : sendYaml(reply, printGroup(found));
    },
    set: async (tenant, { namespace, group }, request, reply) => {
      // Loki's router takes an escaped slash for a slash, and this path only deletes and reads.
      if (group !== '') return reply.code(405).send();
      const read = parseRuleGroup(decodeUtf8(bodyOf(request)), checkAlertTemplate);
      if ('name' in read) {
        await ruler.putGroup(tenant, namespace, read);
        return sendAccepted(reply);
      }
      const isUnreadable = read.some(({ kind }) => kind === 'decode');
      const reasons = isUnreadable ? ['unable to decoded rule group'] : read.map(({ message }) => message);
      return sendText(reply, 400, reasons.join(', '), true);
    },
    remove: async (tenant, { namespace, group }, _request, reply) => {
      if (group === '') await ruler.deleteNamespace(tenant, namespace);
      else await ruler.deleteGroup(tenant, namespace, group);
      return sendAccepted(reply);
    },
  };
}

/** An escaped slash in a namespace divides it from a group. Errors: `bad_request` for names that are steps of a path. */
function nameOf({ params }: FastifyRequest<Path>): GroupName {
  const path = [params.namespace ?? '', params.group].filter((part) => part !== undefined).join('/');
  const parts = path.split(/[/\\]/);
  if (parts.includes('..') || parts.includes('.')) {
    throw new SkaldError('bad_request', 'invalid namespace: path traversal not allowed');
  }
  const [namespace = '', ...rest] = path.split('/');
  return { namespace, group: rest.join('/') };
}

function findGroup(namespaces: readonly NamespaceGroups[], { namespace, group }: GroupName): RuleGroup | undefined {
  return namespaces.find(({ name }) => name === namespace)?.groups.find(({ name }) => name === group);
}

/** `labels=team:a,tier:1` */
function labelsIn(text: string): readonly (readonly [name: string, value: string])[] {
  return text
    .split(',')
    .map((pair) => pair.split(':'))
    .filter((parts) => parts.length > 1)
    .map(([name, ...value]) => [name.trim(), value.join(':').trim()] as const);
}

/** Groups with the rules that have all of the labels; groups without one are left out. */
function withLabels(groups: readonly RuleGroup[], wanted: ReturnType<typeof labelsIn>): readonly RuleGroup[] {
  if (wanted.length === 0) return groups;
  return groups
    .map((group) => ({
      ...group,
      rules: group.rules.filter(({ labels }) => wanted.every(([name, value]) => labels[name] === value)),
    }))
    .filter(({ rules }) => rules.length > 0);
}

function sendYaml(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', 'application/yaml').send(Buffer.from(text));
}

function sendAccepted(reply: FastifyReply): FastifyReply {
  const body = '{"status":"success","data":null,"errorType":"","error":""}';
  return reply.code(202).header('content-type', 'application/json').send(Buffer.from(body));
}
