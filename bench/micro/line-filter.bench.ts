import { compileLineFilter } from '../../exec/kernels/line-filter.ts';
import { textColumn } from '../../exec/stages/testing/lines-batch.ts';
import type { LineFilterOp } from '../../planner/ir/stage.ts';
import { bytesOf, madeApiLines, madeNginxLines, textsOf } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

/** `plain` says the same of a line in JavaScript. */
function lineFilter(name: string, op: LineFilterOp, value: string, plain: (line: string) => boolean): MicroBenchmark {
  return {
    name: `line filter, ${name}`,
    unit: 'MB/s',
    prepare: (rows) => {
      const lines = textsOf([...madeNginxLines(rows >> 1), ...madeApiLines(rows - (rows >> 1))]);
      const column = textColumn(lines);
      const all = Uint32Array.from(lines, (_, row) => row);
      const out = new Uint32Array(rows);
      const matcher = compileLineFilter({ kind: 'LineFilter', op, alternatives: [{ value, ip: false }] });
      return {
        work: bytesOf(lines),
        run: () => matcher.select(column, all, rows, out),
        expected: lines.filter(plain).length,
      };
    },
  };
}

export const benchmarks: readonly MicroBenchmark[] = [
  lineFilter('absent text', '|=', 'deadbeefcafe0000feed', (line) => line.includes('deadbeefcafe0000feed')),
  lineFilter('rare text', '|=', 'IllegalStateException', (line) => line.includes('IllegalStateException')),
  lineFilter('frequent text', '|=', 'error', (line) => line.includes('error')),
  lineFilter('negative', '!=', 'GET', (line) => !line.includes('GET')),
  lineFilter('case-insensitive', '|~', '(?i)exception', (line) => /exception/i.test(line)),
  lineFilter('alternation', '|~', 'status=(4|5)\\d\\d|HTTP/1.1" 5', (line) =>
    /status=(4|5)\d\d|HTTP\/1\.1" 5/.test(line),
  ),
  lineFilter('regex without literals', '|~', '\\d{3}\\.\\d{3}', (line) => /\d{3}\.\d{3}/.test(line)),
];
