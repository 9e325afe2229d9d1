import { expect, test } from 'vitest';
import { blockOf, gridOfSteps, printBlock } from '../testing/blocks.ts';
import { collect, ListOperator } from '../testing/list-operator.ts';
import { LabelReplace } from './label-replace.ts';

async function replace(destination: string, replacement: string, source: string, pattern: string): Promise<string[]> {
  const input = { kind: 'VectorLiteral', id: 2, value: 0, grid: gridOfSteps(1) } as const;
  const node = { kind: 'LabelReplace', id: 1, input, destination, replacement, source, pattern } as const;
  const block = blockOf([
    [{ instance: 'web-1', job: 'x' }, 1],
    [{ instance: 'db-22', job: 'x' }, 2],
  ]);
  const [result] = await collect(new LabelReplace(node, new ListOperator([block])));
  return printBlock(result);
}

// Spec fact 80.
test.each([
  [
    'a match sets the destination',
    ['short', '$1', 'instance', 'web-(.*)'],
    ['{instance="web-1", job="x", short="1"} 1', '{instance="db-22", job="x"} 2'],
  ],
  [
    'the pattern covers the whole value',
    ['short', 'y', 'instance', 'web'],
    ['{instance="web-1", job="x"} 1', '{instance="db-22", job="x"} 2'],
  ],
  [
    'named groups',
    ['job', '${kind}_$n', 'instance', '(?P<kind>[a-z]+)-(?P<n>.*)'],
    ['{instance="web-1", job="web_1"} 1', '{instance="db-22", job="db_22"} 2'],
  ],
  [
    'an empty expansion deletes, equal series stay apart',
    ['instance', '', 'instance', '.*'],
    ['{job="x"} 1', '{job="x"} 2'],
  ],
  [
    'a missing source is empty',
    ['new', 'v', 'none', ''],
    ['{instance="web-1", job="x", new="v"} 1', '{instance="db-22", job="x", new="v"} 2'],
  ],
] as const)('%s', async (_, [destination, replacement, source, pattern], expected) => {
  expect(await replace(destination, replacement, source, pattern)).toEqual(expected);
});
