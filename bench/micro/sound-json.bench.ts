import { textColumn } from '../../exec/stages/testing/lines-batch.ts';
import { areSound } from '../../storage/chunk/sound-json.ts';
import { bytesOf, madeApiLines, textsOf } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

/** What a chunk costs more to write when its lines are JSON. */
export const benchmarks: readonly MicroBenchmark[] = [
  {
    name: 'check that JSON lines are sound',
    unit: 'MB/s',
    prepare: (rows) => {
      const lines = textsOf(madeApiLines(rows));
      const { offsets, values } = textColumn(lines);
      const signed = new Int32Array(offsets);
      const expected = lines.every((line) => typeof JSON.parse(line) === 'object') ? 1 : 0;
      return { work: bytesOf(lines), run: () => (areSound(values, signed) ? 1 : 0), expected };
    },
  },
];
