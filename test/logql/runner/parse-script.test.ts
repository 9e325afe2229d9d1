import { describe, expect, test } from 'vitest';
import { parseScript } from './parse-script.ts';
import { EPOCH_NS, expectationOf } from './script.ts';

const SCRIPT = `# A comment.
load {app="a"}
  5s plain [not="metadata]
  1m30s [trace="t1", detected_level="warn"] line
  6s..8s/2s n=\${i}
  9s "two\\nlines"
  10s

eval log 0s..60s limit 7 forward interval 5s
  skip lane=codec: not yet
  {app="a"}
    | json
----
{app="a"}
  5s plain

forget

eval instant at 1m
  1
`;

describe('scripts', () => {
  const script = parseScript('x.lqt', SCRIPT);

  test('entries: offsets, metadata, series of entries, quoted and empty lines', () => {
    const labels = { app: 'a' };
    expect(script.blocks[0].entries).toEqual([
      { labels, timestamp: EPOCH_NS + 5_000_000_000n, line: 'plain [not="metadata]' },
      { labels, timestamp: EPOCH_NS + 90_000_000_000n, line: 'line', metadata: { trace: 't1' }, level: 'warn' },
      { labels, timestamp: EPOCH_NS + 6_000_000_000n, line: 'n=1' },
      { labels, timestamp: EPOCH_NS + 8_000_000_000n, line: 'n=2' },
      { labels, timestamp: EPOCH_NS + 9_000_000_000n, line: 'two\nlines' },
      { labels, timestamp: EPOCH_NS + 10_000_000_000n, line: '' },
    ]);
  });

  test('blocks: parameters, skips, the query without its indent, the expectation', () => {
    const [block] = script.blocks;
    expect(block).toMatchObject({ kind: 'eval', line: 9, words: ['log'], query: '{app="a"}\n  | json' });
    expect(block.params).toMatchObject({ limit: 7, direction: 'forward', intervalNs: 5_000_000_000n, instant: false });
    expect(block.skips).toEqual([{ lane: 'codec', reason: 'not yet' }]);
    expect(expectationOf(script, block)).toBe('----\n{app="a"}\n  5s plain');
  });

  test('forget drops what was loaded', () => {
    expect(script.blocks[1]).toMatchObject({ entries: [], query: '1', params: { instant: true } });
    expect(expectationOf(script, script.blocks[1])).toBe('');
  });

  test.each([
    ['evaluate x\n  1\n', 'x.lqt:1: Error: a block starts with evaluate'],
    ['load {app="a"}\n  5x line\n', 'unknown unit "x"'],
    ['load {app="a"}\n  0s..9000h/1s line\n', 'is not 1 to 10000 entries'],
    ['load {app="a"}\n  0s "\\q"\n', 'not a string'],
  ])('%j is refused', (text, message) => {
    expect(() => parseScript('x.lqt', text)).toThrow(message);
  });
});
