import { LEVEL_NAMES, LevelDetector } from '../../ingest/level-detection.ts';
import { textColumn } from '../../exec/stages/testing/lines-batch.ts';
import { bytesOf, type MadeLine, madeApiLines, madeNginxLines, madeWorkerLines, textsOf } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

const ERROR = LEVEL_NAMES.indexOf('error') + 1;

function levelDetection(
  name: string,
  make: (rows: number) => MadeLine[],
  isError: (line: string) => boolean,
): MicroBenchmark {
  return {
    name: `detect the level, ${name}`,
    unit: 'MB/s',
    prepare: (rows) => {
      const lines = textsOf(make(rows));
      const { offsets, values } = textColumn(lines);
      const detector = new LevelDetector(['level', 'severity', 'lvl'], 2);
      const run = (): number => {
        let errors = 0;
        for (let row = 0; row < rows; row++) {
          if (detector.detect(values, offsets[row], offsets[row + 1]) === ERROR) errors++;
        }
        return errors;
      };
      return { work: bytesOf(lines), run, expected: lines.filter(isError).length };
    },
  };
}

export const benchmarks: readonly MicroBenchmark[] = [
  levelDetection('JSON', madeApiLines, (line) => line.includes('"level":"error"')),
  levelDetection('logfmt', madeWorkerLines, (line) => line.includes(' level=error ')),
  levelDetection('no level', madeNginxLines, () => false),
];
