import { expect, test } from 'vitest';
import { printTree } from './tree.ts';

test('branches, notes and the last child', () => {
  const leaf = (text: string, ...notes: string[]) => ({ text, notes, children: [] });
  const tree = {
    text: 'a',
    notes: ['of a'],
    children: [{ text: 'b', notes: ['of b'], children: [leaf('c', '1', '2')] }, leaf('d', 'of d')],
  };
  expect(`\n${printTree(tree)}\n`).toBe(`
a
│     of a
├── b
│   │     of b
│   └── c
│             1
│             2
└── d
          of d
`);
});
