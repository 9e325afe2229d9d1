import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeRuntime } from '../../../common/node-runtime.ts';
import { FilesystemObjectStore } from '../../../../storage/objectstore/filesystem-object-store.ts';
import { MemoryObjectStore } from '../../../../storage/objectstore/memory-object-store.ts';
import type { RuleGroup } from '../rules/rule-group.ts';
import { LocalRuleStore } from './local-rule-store.ts';
import { ObjectRuleStore } from './object-rule-store.ts';

const anyTemplate = () => undefined;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'skald-rules-'));
});
afterEach(async () => await rm(directory, { recursive: true }));

const groupNamed = (name: string, expr = 'vector(1)'): RuleGroup => ({
  name,
  intervalMs: null,
  queryOffsetMs: null,
  limit: 0,
  labels: {},
  line: 1,
  rules: [{ kind: 'RecordingRule', record: 'a', expr, labels: {}, line: 3 }],
});

describe.each([
  ['memory', () => new MemoryObjectStore()],
  ['filesystem', () => new FilesystemObjectStore(directory, nodeRuntime.files)],
])('rules as objects (%s)', (_, open) => {
  test('groups are set, replaced, listed by tenant and namespace, and deleted', async () => {
    const objects = open();
    const store = new ObjectRuleStore(objects, anyTemplate);
    await store.putGroup('t1', 'ns/ü 1', groupNamed('b'));
    await store.putGroup('t1', 'ns/ü 1', groupNamed('a'));
    await store.putGroup('t1', 'ns/ü 1', groupNamed('b', 'vector(2)'));
    await store.putGroup('t1', 'z', groupNamed('a'));
    await store.putGroup('t2', 'other', groupNamed('a'));
    const summary = async (tenant: string) =>
      (await store.namespaces(tenant)).map(({ name, groups }) => [name, groups.map((group) => group.name)]);
    expect(await store.tenants()).toEqual(['t1', 't2']);
    expect(await summary('t1')).toEqual([
      ['ns/ü 1', ['a', 'b']],
      ['z', ['a']],
    ]);
    const [{ groups }] = await store.namespaces('t1');
    expect(groups[1]).toEqual(groupNamed('b', 'vector(2)'));
    await store.deleteGroup('t1', 'ns/ü 1', 'a');
    await store.deleteGroup('t1', 'ns/ü 1', 'a');
    expect(await summary('t1')).toEqual([
      ['ns/ü 1', ['b']],
      ['z', ['a']],
    ]);
    await store.deleteNamespace('t1', 'ns/ü 1');
    expect(await summary('t1')).toEqual([['z', ['a']]]);
    expect(await summary('nobody')).toEqual([]);
  });

  test('a group that another version wrote wrongly is told; the others are there', async () => {
    const objects = open();
    const store = new ObjectRuleStore(objects, anyTemplate);
    await store.putGroup('t', 'ns', groupNamed('a'));
    const key = `rules/t/${Buffer.from('ns').toString('base64url')}/${Buffer.from('bad').toString('base64url')}.yaml`;
    await objects.put(key, [Buffer.from('name: bad\nrules:\n- record: x')]);
    const [namespace] = await store.namespaces('t');
    expect(namespace).toMatchObject({ refused: ['bad'], problems: [`ns/bad:3:3: field 'expr' must be set in rule`] });
    expect(namespace.groups.map(({ name }) => name)).toEqual(['a']);
  });

  test('names must fit, tenants must be tenants, and chunks of a tenant called rules are not rules', async () => {
    const objects = open();
    const store = new ObjectRuleStore(objects, anyTemplate);
    await expect(store.putGroup('t', 'n'.repeat(181), groupNamed('a'))).rejects.toThrow('expected 1 to 180');
    await expect(store.putGroup('..', 'n', groupNamed('a'))).rejects.toThrow('tenant ID');
    await objects.put('rules/2026-01-01/chunk/01ARZ3NDEKTSV4RRFFQ69G5FAV.arrow', [Buffer.from('x')]);
    expect(await store.namespaces('2026-01-01')).toEqual([]);
  });
});

describe('rules as files', () => {
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  };
  const GOOD = 'groups: [{name: g, rules: [{record: a, expr: vector(1)}]}]';

  test('a file is a namespace of its tenant; a mistake is told with its place', async () => {
    await write('t1/a.yaml', GOOD);
    await write('t1/b.yaml', `${GOOD.slice(0, -1)}, {name: bad, rules: [{record: a}]}]`);
    await write('t1/c.yaml', '{{{');
    await write('t1/.hidden', '{{{');
    await write('t1/sub/d.yaml', '{{{');
    await write('a file/of nobody', '{{{');
    await symlink(path.join(directory, 't1'), path.join(directory, 'linked'));
    const store = new LocalRuleStore(directory, nodeRuntime.files, anyTemplate);
    expect(await store.tenants()).toEqual(['linked', 't1']);
    const namespaces = await store.namespaces('t1');
    expect(namespaces.map(({ name, groups, refused }) => [name, groups.map((group) => group.name), refused])).toEqual([
      ['a.yaml', ['g'], []],
      ['b.yaml', ['g'], ['bad']],
      ['c.yaml', [], null],
    ]);
    expect(namespaces[1].problems).toEqual([`${directory}/t1/b.yaml:1:80: field 'expr' must be set in rule`]);
    expect(namespaces[2].problems[0]).toMatch(/c\.yaml:1:\d+: yaml: /);
  });

  test('a changed file is read again, one that is gone is not there', async () => {
    await write('t/a.yaml', GOOD);
    const store = new LocalRuleStore(directory, nodeRuntime.files, anyTemplate);
    const names = async () => (await store.namespaces('t')).flatMap(({ groups }) => groups.map(({ name }) => name));
    expect(await names()).toEqual(['g']);
    await write('t/a.yaml', GOOD.replace('name: g', 'name: h'));
    expect(await names()).toEqual(['h']);
    await rm(path.join(directory, 't/a.yaml'));
    expect(await names()).toEqual([]);
  });

  test('a huge file is not read', async () => {
    await write('t/a.yaml', 'x'.repeat(10 * 2 ** 20));
    const [namespace] = await new LocalRuleStore(directory, nodeRuntime.files, anyTemplate).namespaces('t');
    expect(namespace.problems[0]).toMatch(/a\.yaml:1:1: the file has 10485760 bytes, expected at most 1048576$/);
  });

  test('the API cannot change files', async () => {
    const store = new LocalRuleStore(directory, nodeRuntime.files, anyTemplate);
    await expect(store.putGroup()).rejects.toThrow('ruler.storage.type is local');
  });
});
