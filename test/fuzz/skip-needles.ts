import { encodeUtf8 } from '../../src/common/utf8.ts';
import { compileNeedle } from '../../storage/skip/needle.ts';
import type { SkipIndex } from '../../storage/skip/skip-index.ts';
import { buildSkipIndex } from '../../storage/skip/testing/build-skip-index.ts';
import { seededRandom } from '../support/seeded-random.ts';

/*
 * Random substrings of random lines: none may be pruned. From the command line a long run over as many as wanted:
 *
 *     node test/fuzz/skip-needles.ts [needles] [seed]
 */

export interface NeedleCounts {
  readonly needles: number;
  /** Needles about which the index can say something. */
  readonly decided: number;
  /** Row groups without the needle that were pruned, of all that were asked. */
  readonly pruned: number;
  readonly asked: number;
  /** Needles of which the row group was pruned that has them. None, or the index is wrong. */
  readonly missed: readonly string[];
}

const ROW_GROUPS = 24;
/** Rounds of other lines. */
const NEEDLES_PER_ROUND = 50_000;

export function fuzzNeedles(count: number, seed: number): NeedleCounts {
  const random = seededRandom(seed);
  const total = { needles: 0, decided: 0, pruned: 0, asked: 0, missed: [] as string[] };
  while (total.needles < count) {
    const groups = Array.from({ length: ROW_GROUPS }, () => randomGroup(random));
    const skip = buildSkipIndex(groups);
    for (let i = 0; i < NEEDLES_PER_ROUND && total.needles < count; i++) {
      const home = below(random, ROW_GROUPS);
      checkNeedle(skip, home, randomPart(random, pick(random, groups[home])), random() < 0.5, total);
    }
  }
  return total;
}

function checkNeedle(
  skip: SkipIndex,
  home: number,
  part: Uint8Array,
  ignoreCase: boolean,
  total: { needles: number; decided: number; pruned: number; asked: number; missed: string[] },
): void {
  total.needles++;
  const needle = compileNeedle(part, ignoreCase);
  if (needle === null) return;
  total.decided++;
  if (!skip.mayContain(home, needle)) total.missed.push(Buffer.from(part).toString('latin1'));
  const other = (home + total.needles) % ROW_GROUPS;
  if (other === home) return;
  total.asked++;
  if (!skip.mayContain(other, needle)) total.pruned++;
}

type Random = () => number;

function below(random: Random, end: number): number {
  return Math.floor(random() * end);
}

function pick<T>(random: Random, items: readonly T[]): T {
  return items[below(random, items.length)];
}

/** Any alignment, also within a character; short ones as often as long ones. */
function randomPart(random: Random, line: Uint8Array): Uint8Array {
  const start = below(random, line.length);
  const longest = line.length - start;
  return line.subarray(start, start + 1 + below(random, random() < 0.5 ? Math.min(40, longest) : longest));
}

/** Lines of one to three kinds, so that row groups have different lengths and classes of tokens. */
function randomGroup(random: Random): Uint8Array[] {
  const kinds = Array.from({ length: 1 + below(random, 3) }, () => pick(random, LINES));
  return Array.from({ length: 50 + below(random, 400) }, () => encodeUtf8(pick(random, kinds)(random)));
}

const hex = (random: Random, length: number): string =>
  Array.from({ length }, () => '0123456789abcdef'[below(random, 16)]).join('');
const uuid = (random: Random): string => [8, 4, 4, 4, 12].map((length) => hex(random, length)).join('-');
const text = (random: Random, alphabet: string, lengthMax: number): string =>
  Array.from({ length: 1 + below(random, lengthMax) }, () => pick(random, [...alphabet])).join('');
const anything = (random: Random): string =>
  Array.from({ length: 1 + below(random, 60) }, () =>
    String.fromCodePoint(below(random, random() < 0.9 ? 256 : 0xd800)),
  ).join('');

const LINES: readonly ((random: Random) => string)[] = [
  (random) => `{"level":"info","trace_id":"${hex(random, 32)}","n":${below(random, 1e6)},"msg":"request completed"}`,
  (random) =>
    `ts=2026-01-15T10:00:00.${below(random, 1e9)}Z level=ERROR id=${uuid(random)} took=${below(random, 1e4)}ms`,
  (random) =>
    `10.0.${below(random, 256)}.${below(random, 256)} - - "GET /a/${text(random, 'abcXYZ_019', 9)} HTTP/1.1" 200`,
  (random) =>
    `attempt_${below(random, 1e9)}_${below(random, 99)}_m_0 ${pick(random, ['FooBarBazQuxException', 'x'.repeat(below(random, 400))])}`,
  (random) => `image sha256:${hex(random, 64)} digest=${Buffer.from(hex(random, 30)).toString('base64')}`,
  (random) => `größe ${text(random, 'äöüß€🎉abcK\u212a', 20)} ${text(random, 'ſsS_0', 12)}`,
  (random) => text(random, '_aF9 -', 80),
  anything,
];

if (import.meta.main) {
  const [count = '1000000', seed = '1'] = process.argv.slice(2);
  const { missed, ...counts } = fuzzNeedles(Number(count), Number(seed));
  console.log({ ...counts, missed: missed.length }, missed.slice(0, 10));
  if (missed.length > 0) process.exitCode = 1;
}
