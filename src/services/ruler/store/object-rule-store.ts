import { SkaldError } from '../../../common/errors.ts';
import { compareUtf8, decodeUtf8, encodeUtf8 } from '../../../common/utf8.ts';
import { checkTenant } from '../../../../storage/objectstore/keys.ts';
import type { ObjectStore } from '../../../../storage/objectstore/object-store.ts';
import { parseRuleGroup } from '../rules/parse-rule-group.ts';
import { printGroup } from '../rules/print-rules.ts';
import type { RuleGroup } from '../rules/rule-group.ts';
import { printProblem, type RuleProblem } from '../rules/rule-problem.ts';
import type { TemplateCheck } from '../rules/template-check.ts';
import type { Namespace, RuleStore } from './rule-store.ts';

const PREFIX = 'rules/';
const SUFFIX = '.yaml';
/** Bytes of a namespace or group name: encoded, it must be a file name. */
export const RULE_NAME_BYTES_MAX = 180;
/** Groups that are read at the same time. */
const READS_MAX = 16;

type Parsed = RuleGroup | readonly RuleProblem[];

interface ParsedObject {
  readonly text: string;
  readonly group: Parsed;
}

/** Groups as objects `rules/<tenant>/<namespace>/<group>.yaml`, both names in base64url. */
export class ObjectRuleStore implements RuleStore {
  readonly #store: ObjectStore;
  readonly #checkTemplate: TemplateCheck;
  /** What the objects of each tenant said when they were last read: most of them never change. */
  readonly #parsed = new Map<string, ReadonlyMap<string, ParsedObject>>();

  constructor(store: ObjectStore, checkTemplate: TemplateCheck) {
    this.#store = store;
    this.#checkTemplate = checkTemplate;
  }

  async tenants(): Promise<readonly string[]> {
    return await this.#store.listFolders(PREFIX);
  }

  async namespaces(tenant: string): Promise<readonly Namespace[]> {
    checkTenant(tenant);
    const objects = await this.#store.list(`${PREFIX}${tenant}/`);
    const named = objects.map(({ key }) => ({ key, ...namesOf(key) })).filter(({ namespace }) => namespace !== null);
    const before = this.#parsed.get(tenant);
    const now = new Map<string, ParsedObject>();
    const parsed: { namespace: string; group: string; parsed: Parsed | null }[] = [];
    for (let at = 0; at < named.length; at += READS_MAX) {
      const part = named.slice(at, at + READS_MAX);
      parsed.push(
        ...(await Promise.all(
          part.map(async ({ key, namespace, group }) => ({
            namespace: namespace ?? '',
            group: group ?? '',
            parsed: await this.#read(key, before, now),
          })),
        )),
      );
    }
    if (now.size > 0) this.#parsed.set(tenant, now);
    else this.#parsed.delete(tenant);
    return groupByNamespace(parsed);
  }

  async putGroup(tenant: string, namespace: string, group: RuleGroup): Promise<void> {
    await this.#store.put(groupKey(tenant, namespace, group.name), [encodeUtf8(printGroup(group))]);
  }

  async deleteGroup(tenant: string, namespace: string, group: string): Promise<void> {
    await this.#store.delete(groupKey(tenant, namespace, group));
  }

  async deleteNamespace(tenant: string, namespace: string): Promise<void> {
    checkTenant(tenant);
    const objects = await this.#store.list(`${PREFIX}${tenant}/${encodeName(namespace, 'namespace')}/`);
    for (const { key } of objects) await this.#store.delete(key);
  }

  /** Null when it was deleted after it was listed. */
  async #read(
    key: string,
    before: ReadonlyMap<string, ParsedObject> | undefined,
    now: Map<string, ParsedObject>,
  ): Promise<Parsed | null> {
    try {
      const text = decodeUtf8(await this.#store.get(key));
      const known = before?.get(key);
      const object = known?.text === text ? known : { text, group: parseRuleGroup(text, this.#checkTemplate) };
      now.set(key, object);
      return object.group;
    } catch (error) {
      if (error instanceof SkaldError && error.code === 'not_found') return null;
      throw error;
    }
  }
}

function groupByNamespace(
  all: readonly { readonly namespace: string; readonly group: string; readonly parsed: Parsed | null }[],
): Namespace[] {
  const namespaces = new Map<string, { name: string; groups: RuleGroup[]; refused: string[]; problems: string[] }>();
  for (const { namespace: name, group, parsed } of all) {
    if (parsed === null) continue;
    const namespace = namespaces.get(name) ?? { name, groups: [], refused: [], problems: [] };
    namespaces.set(name, namespace);
    if (isGroup(parsed)) namespace.groups.push(parsed);
    else {
      namespace.refused.push(group);
      namespace.problems.push(...parsed.map((problem) => printProblem(`${name}/${group}`, problem)));
    }
  }
  for (const { groups } of namespaces.values()) groups.sort((a, b) => compareUtf8(a.name, b.name));
  return [...namespaces.values()].sort((a, b) => compareUtf8(a.name, b.name));
}

function isGroup(parsed: Parsed): parsed is RuleGroup {
  return !Array.isArray(parsed);
}

function groupKey(tenant: string, namespace: string, group: string): string {
  checkTenant(tenant);
  return `${PREFIX}${tenant}/${encodeName(namespace, 'namespace')}/${encodeName(group, 'group')}${SUFFIX}`;
}

function encodeName(name: string, what: string): string {
  const bytes = encodeUtf8(name);
  if (bytes.length > 0 && bytes.length <= RULE_NAME_BYTES_MAX) return Buffer.from(bytes).toString('base64url');
  throw new SkaldError(
    'bad_request',
    `Cannot store a ${what} whose name has ${bytes.length} bytes: expected 1 to ${RULE_NAME_BYTES_MAX}`,
  );
}

/** Null for objects of others: a tenant may be called `rules`. */
function namesOf(key: string): { namespace: string | null; group: string | null } {
  const [, , namespace = '', group = '', ...rest] = key.split('/');
  if (rest.length > 0 || !group.endsWith(SUFFIX)) return { namespace: null, group: null };
  return { namespace: decodeName(namespace), group: decodeName(group.slice(0, -SUFFIX.length)) };
}

function decodeName(text: string): string {
  return Buffer.from(text, 'base64url').toString('utf8');
}
