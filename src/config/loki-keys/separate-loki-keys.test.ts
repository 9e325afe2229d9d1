import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { examineConfig } from '../examine-config.ts';
import { shapeOf } from '../schema-shape.ts';
import { configSchema } from '../schema.ts';
import { isOfKind } from './kind-of-value.ts';
import {
  because,
  block,
  isBlock,
  listOf,
  numbers,
  texts,
  type LokiBlock,
  type LokiKey,
  type LokiKind,
} from './loki-block.ts';
import { LOKI_KEYS } from './loki-keys.ts';
import { separateLokiKeys } from './separate-loki-keys.ts';

const examine = (text: string) => examineConfig({ file: 'loki.yaml', text, flags: {}, environment: null });
/** A value of each kind that Loki takes. */
const VALUES: Readonly<Record<LokiKind, unknown>> = {
  boolean: true,
  number: 1,
  duration: '5m',
  size: '1MB',
  text: 'x',
  list: ['x'],
  map: { x: 'y' },
  any: [1],
};

const ignored = (text: string) => examine(text).ignored.map(({ key, place }) => `${place} ${key}`);

describe('what skald knows wins over the table', () => {
  const table = block({ a: block({ ...numbers('x y'), ...because('why', texts('z')) }, 'the block') });
  const schema = z.strictObject({ a: z.strictObject({ x: z.string().default('') }).prefault({}) });

  test('kept, ignored with the nearest reason, left for the schema to refuse', () => {
    const separated = separateLokiKeys({ a: { x: 'one', y: 2, z: 'three', unknown: 4 } }, schema, table);
    expect(separated).toEqual({
      value: { a: { x: 'one', unknown: 4 } },
      ignored: [
        { path: ['a', 'y'], reason: 'the block' },
        { path: ['a', 'z'], reason: 'why' },
      ],
      wrong: [],
    });
  });

  test('a block that the schema does not have is told as a whole, and looked into', () => {
    const many = block({ list: listOf(block(numbers('n'))) });
    const read = (value: unknown) => separateLokiKeys(value, z.strictObject({}), many);
    expect(read({ list: [{ n: 1 }, null] }).ignored).toEqual([{ path: ['list'], reason: 'it has no meaning here' }]);
    expect(read({ list: [{ n: 1 }, { n: 'x', m: 1 }] }).wrong).toEqual([
      { path: ['list', '1', 'n'], message: 'expected a number' },
      { path: ['list', '1', 'm'], message: 'unknown key' },
    ]);
    expect(read({ list: {} }).wrong).toEqual([{ path: ['list'], message: 'expected a list' }]);
  });
});

test('every key of Loki that skald does not have says why', () => {
  const silent: string[] = [];
  const walk = ({ keys, reason }: LokiBlock, schema: z.core.$ZodType | null, above: string | null, path: string) => {
    const shape = schema === null ? null : shapeOf(schema);
    for (const [name, key] of Object.entries(keys)) {
      const own = shape !== null && Object.hasOwn(shape, name) ? (shape[name] ?? null) : null;
      const why = key.reason ?? reason ?? above;
      if (own === null && why === null) silent.push(`${path}${name}`);
      if (isBlock(key) && own !== null) walk(key, own, reason ?? above, `${path}${name}.`);
    }
  };
  walk(LOKI_KEYS, configSchema, null, '');
  expect(silent).toEqual([]);
});

test('a file with every key that is ignored is right', () => {
  const valueOf = (key: LokiKey): unknown => {
    if (!isBlock(key)) return VALUES[key.kind];
    const one = Object.fromEntries(Object.entries(key.keys).map(([name, below]) => [name, valueOf(below)]));
    return key.many === 'list' ? [one] : key.many === 'map' ? { mine: one } : one;
  };
  const withoutOwn = ({ keys }: LokiBlock, schema: z.core.$ZodType): Record<string, unknown> => {
    const shape = shapeOf(schema) ?? {};
    return Object.fromEntries(
      Object.entries(keys).flatMap(([name, key]) => {
        const own = Object.hasOwn(shape, name) ? shape[name] : undefined;
        if (own === undefined) return [[name, valueOf(key)]];
        // What needs keys of skald's own to be valid is left out.
        const isFree = shapeOf(own) !== null && (own as z.ZodType).safeParse({}).success;
        return isBlock(key) && key.many === null && isFree ? [[name, withoutOwn(key, own)]] : [];
      }),
    );
  };
  const everything = withoutOwn(LOKI_KEYS, configSchema);
  const separated = separateLokiKeys(everything, configSchema, LOKI_KEYS);
  expect(separated.wrong).toEqual([]);
  expect(separated.ignored.length).toBeGreaterThan(150);
  expect(configSchema.safeParse(separated.value).success).toBe(true);
});

describe('of a file', () => {
  test('ignored keys have line and column; blocks are told once', () => {
    expect(
      ignored('memberlist:\n  join_members: [a]\ningester:\n  chunk_target_size: 1.5MB\n  wal: {enabled: true}'),
    ).toEqual([
      'loki.yaml:1:1 memberlist',
      'loki.yaml:4:3 ingester.chunk_target_size',
      'loki.yaml:5:9 ingester.wal.enabled',
    ]);
  });

  test("values that only Loki has are told, and the default holds; skald's own are kept", () => {
    const { config, ignored: told } = examine('ingester: {chunk_encoding: snappy}');
    expect(config?.ingester.chunk_encoding).toBe('zstd');
    expect(told[0]?.reason).toBe('"snappy": chunks are compressed with zstd or lz4');
    expect(examine('ingester: {chunk_encoding: lz4}')).toMatchObject({
      config: { ingester: { chunk_encoding: 'lz4' } },
      ignored: [],
    });
    expect(examine('ingester: {chunk_encoding: brotli}').wrong).toHaveLength(1);
    const rules = examine('ruler: {storage: {type: s3, s3: {region: r}}, evaluation: {mode: remote}}');
    expect(rules).toMatchObject({
      wrong: [],
      config: { ruler: { storage: { type: '' }, evaluation: { mode: 'local' } } },
    });
    expect(rules.ignored.map(({ key }) => key)).toEqual([
      'ruler.storage.type',
      'ruler.storage.s3',
      'ruler.evaluation.mode',
    ]);
  });

  test('keys that mean something under another name are honoured, unless that name is written too', () => {
    const text = 'storage_config:\n  filesystem: {directory: /x}\n';
    const renamed = examine(text);
    expect(renamed.config?.common.storage.filesystem.chunks_directory).toBe('/x');
    expect(renamed.ignored).toEqual([]);
    expect(renamed.honoured).toEqual([
      {
        key: 'storage_config.filesystem.directory',
        place: 'loki.yaml:2:16',
        means: 'common.storage.filesystem.chunks_directory',
      },
    ]);
    const both = examine(`${text}common: {storage: {filesystem: {chunks_directory: /y}}}`);
    expect(both.config?.common.storage.filesystem.chunks_directory).toBe('/y');
    expect(both.ignored.map(({ key }) => key)).toEqual(['storage_config']);
  });

  test('below names of the user too', () => {
    const text = `ruler: {remote_write: {enabled: true, clients: {a: {url: 'http://x', send_exemplars: true, sigv4: {}}}}}`;
    expect(examine(text)).toMatchObject({ wrong: [], config: { ruler: { remote_write: { clients: { a: {} } } } } });
    expect(ignored(text).map((told) => told.split(' ')[1])).toEqual([
      'ruler.remote_write.clients.a.send_exemplars',
      'ruler.remote_write.clients.a.sigv4',
    ]);
  });

  test.each([
    ['memberlist: {join: [a]}', 'loki.yaml:1:14: unknown key "memberlist.join"'],
    ['memberlist:\n  bind_port: many', 'loki.yaml:2:3: memberlist.bind_port: expected a number'],
    ['schema_config:\n  configs:\n    - form: 2020-01-01', 'loki.yaml:3:7: unknown key "schema_config.configs.0.form"'],
    ['analytics: true', 'loki.yaml:1:1: analytics: expected a map'],
    [
      'limits_config:\n  enforce_metric_name: false',
      'loki.yaml:2:3: unknown key "limits_config.enforce_metric_name" (Loki has removed it)',
    ],
    [
      'compactor: {shared_store: s3}',
      'loki.yaml:1:13: unknown key "compactor.shared_store" (Loki has removed it: use compactor.delete_request_store)',
    ],
    ['constructor: 1', 'loki.yaml:1:1: unknown key "constructor"'],
  ])('%j is wrong', (text, message) => expect(examine(text)).toMatchObject({ config: null, wrong: [message] }));

  test('keys without a value leave the defaults', () => {
    expect(examine('server:\nmemberlist:\nquerier: {workers: }')).toMatchObject({
      config: { querier: { workers: 0 } },
    });
  });
});

test.each([
  ['boolean', [true], ['true', 1]],
  ['number', [1, 0.5], ['1']],
  ['duration', ['5m', '1h30m', '-1s', '1.5s', 0, -1], ['fast', '5', true]],
  ['size', ['256KB', '1.5MiB', '4GB', 100, '64'], ['big', true]],
  ['text', ['x', 1, true], [{}, ['x']]],
  ['list', [['a'], 'a'], [{}, 1]],
  ['map', [{}], [[], 'x']],
  ['any', [1, 'x', {}], []],
] as const)('%s', (kind, right, wrong) => {
  for (const value of [...right, null]) expect(isOfKind(value, kind), JSON.stringify(value)).toBe(true);
  for (const value of wrong) expect(isOfKind(value, kind), JSON.stringify(value)).toBe(false);
});
