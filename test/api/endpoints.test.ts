import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/api/app.ts';
import type { ApiContext } from '../../src/api/context.ts';
import { nodeRuntime } from '../../src/common/node-runtime.ts';
import { Metrics } from '../../src/common/telemetry/metrics.ts';
import { configSchema } from '../../src/config/schema.ts';

/** docs/api.md is true: its tables are the routes that are registered, and the tests that it names know the endpoint. */

interface Row {
  readonly methods: readonly string[];
  readonly path: string;
  readonly tests: readonly string[];
}

const root = new URL('../../', import.meta.url);
const page = await readFile(new URL('docs/api.md', root), 'utf8');
const cells = page
  .split('\n')
  .filter((line) => /^\|.*`.*\|$/.test(line))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
const pathOf = (cell: string | undefined): string => cell?.replaceAll('`', '') ?? '';
const rows: Row[] = cells
  .filter((row) => row.length === 4)
  .map(([methods = '', path, , tests = '']) => ({
    methods: methods.split(', '),
    path: pathOf(path),
    tests: tests.split(', '),
  }));
const absent = cells.filter((row) => row.length === 2).map(([path]) => pathOf(path));

/** Path → methods, without HEAD, which every GET has. */
let registered: ReadonlyMap<string, readonly string[]>;

beforeAll(async () => {
  // Nothing of the context is used until a request comes.
  const context = { config: configSchema.parse({}), clock: nodeRuntime.clock, metrics: new Metrics('0') };
  const app = await buildApp(context as unknown as ApiContext);
  registered = readRoutes(app.printRoutes({ commonPrefix: false }));
});

/** The tree that fastify prints: a level is indented by four characters, and continues the path above it. */
function readRoutes(tree: string): ReadonlyMap<string, readonly string[]> {
  const routes = new Map<string, string[]>();
  const above: string[] = [];
  for (const line of tree.split('\n')) {
    const [, indent = '', segment = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \((.*)\)$/.exec(line) ?? [];
    if (segment === '') continue;
    const depth = indent.length / 4;
    above.length = depth;
    const path = above.join('') + segment;
    above.push(segment);
    const name = path.replaceAll(/:(\w+)/g, '{$1}');
    routes.set(name, [...(routes.get(name) ?? []), ...methods.split(', ').filter((method) => method !== 'HEAD')]);
  }
  return routes;
}

const overHttp = rows.filter(({ methods }) => methods[0] !== 'gRPC');

test('every route is on the page, and every endpoint of the page is a route, with its methods', () => {
  const page = Object.fromEntries(overHttp.map(({ path, methods }) => [path, [...methods].sort()]));
  const routes = Object.fromEntries(Array.from(registered, ([path, methods]) => [path, [...methods].sort()]));
  expect(page).toEqual(routes);
});

test('what is said not to be there is not there', () => {
  expect(absent.length).toBeGreaterThan(5);
  expect(absent.filter((path) => registered.has(path))).toEqual([]);
});

describe('tests of the page know their endpoint', () => {
  test.each(rows.flatMap(({ path, tests }) => tests.map((file) => [path, file] as const)))(
    '%s: %s',
    async (path, file) => {
      const text = await readFile(new URL(file, root), 'utf8');
      // Tests of recorded answers name what they ask in the recordings.
      if (file.startsWith('test/conformance/') || file.includes('transcript')) return;
      const name = path.split('/').findLast((part) => part !== '' && !part.startsWith('{') && part !== 'values') ?? '';
      expect(text).toContain(name);
    },
  );
});
