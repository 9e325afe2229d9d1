import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import { SkipTableBuilder } from '../skip-table-builder.ts';
import type { SkipTable } from '../skip-table.ts';
import { toColumn } from '../testing/build-skip-index.ts';
import { hashPairName } from '../tokens.ts';
import { PlainTokenCollector } from './plain-token-collector.ts';
import { TokenCollector } from './token-collector.ts';

interface Group {
  readonly lines: readonly Uint8Array[];
  readonly pairs: readonly string[];
}

function tableOf(tokens: TokenCollector | PlainTokenCollector, groups: readonly Group[]): SkipTable | null {
  tokens.clear();
  const builder = new SkipTableBuilder(tokens);
  for (const { lines, pairs } of groups) {
    const { values, offsets } = toColumn(lines);
    builder.addLines(values, offsets);
    for (const pair of pairs.map(encodeUtf8)) builder.addPair(hashPairName(encodeUtf8('id')), pair, 0, pair.length);
    builder.endGroup(1 << 20);
  }
  return builder.finish();
}

const collector = new TokenCollector();

function expectSame(groups: readonly Group[]): void {
  expect(tableOf(collector, groups)).toEqual(tableOf(new PlainTokenCollector(), groups));
}

const part = fc.oneof(
  fc.constantFrom(' ', '"', '=', ':', '-', '/', '.', ',', '{', '"}', '_', '\0', '\t', 'é', '日本', '__', 'Zz', 'aF09'),
  fc.stringMatching(/^[0-9]{1,20}$/),
  fc.stringMatching(/^[0-9a-fA-F]{1,40}$/),
  fc.stringMatching(/^[A-Za-z_]{1,70}$/),
  fc.stringMatching(/^[ -~]{0,30}$/),
);
const line = fc.oneof(
  fc.array(part, { maxLength: 40 }).map((parts) => encodeUtf8(parts.join(''))),
  fc.uint8Array({ maxLength: 200 }),
);
const group = fc.record({ lines: fc.array(line, { maxLength: 60 }), pairs: fc.array(fc.string(), { maxLength: 5 }) });

test('the kernel collects what the plain collector does', () => {
  fc.assert(fc.property(fc.array(group, { minLength: 1, maxLength: 4 }), expectSame), { numRuns: 300 });
});

test('many lines, many distinct tokens, empty lines, and lines longer than a slice', () => {
  const many = Array.from({ length: 30_000 }, (_, i) => encodeUtf8(`id=${i * 7919} host${i % 50} /a/b_${i}`));
  const ids = Array.from({ length: 700 }, (_, i) =>
    encodeUtf8(`trace=${'4bf92f3577b34da6'}${String(i).padStart(16, '0')}`),
  );
  const empty = Array.from({ length: 9_000 }, () => new Uint8Array(0));
  const long = ['x'.repeat(100_000), 'word '.repeat(20_000), `${'7'.repeat(64)}-${'g'.repeat(63)}`].map(encodeUtf8);
  expectSame([
    { lines: [...many, ...empty], pairs: [] },
    { lines: long, pairs: ['a', 'b', 'a'] },
    { lines: [...ids, ...long, ...ids], pairs: [] },
    { lines: [], pairs: [] },
    { lines: many.slice(0, 5), pairs: ['a'] },
  ]);
});

test('tokens at every place of a step', () => {
  const lines: Uint8Array[] = [];
  for (let before = 0; before < 70; before++) {
    for (const length of [1, 2, 3, 15, 16, 17, 18, 31, 32, 33, 34, 63, 64, 65, 66, 130]) {
      lines.push(encodeUtf8(`${' '.repeat(before)}${'aB3_x9'.repeat(22).slice(0, length)}`));
    }
  }
  expectSame([{ lines, pairs: [] }]);
});
