import { compileParserStage } from '../../exec/stages/parser.ts';
import { textColumn } from '../../exec/stages/testing/lines-batch.ts';
import { createBatch } from '../../exec/batch/create-batch.ts';
import { Labels } from '../../src/common/labels.ts';
import type { LabelPredicate, Parser } from '../../planner/ir/stage.ts';
import { bytesOf, type MadeLine, madeApiLines, madeNginxLines, madeWorkerLines, textsOf } from './made-lines.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';

interface ParserCase {
  readonly name: string;
  readonly stage: Parser;
  readonly make: (rows: number) => MadeLine[];
  /** The label whose values are added up by their length. */
  readonly label: string;
  readonly plain: (line: string) => string;
  /** The lines are known to be sound JSON. */
  readonly soundJson?: boolean;
}

function parserBenchmark({ name, stage, make, label, plain, soundJson = false }: ParserCase): MicroBenchmark {
  return {
    name: `parse ${name}`,
    unit: 'MB/s',
    prepare: (rows) => {
      const lines = textsOf(make(rows));
      const column = { ...textColumn(lines), soundJson };
      const compiled = compileParserStage(stage);
      const stream = new Uint32Array(rows);
      const streamTable = [Labels.fromRecord({})];
      const run = (): number => {
        const selection = Uint32Array.from(stream, (_, row) => row);
        const parts = { rowCount: rows, stream, streamTable, selection, timestamp: null, metadata: new Map() };
        const batch = createBatch({ ...parts, line: column });
        compiled.apply(batch);
        const reader = batch.labels.reader(label);
        let length = 0;
        for (const row of batch.selection.subarray(0, batch.selectedCount)) {
          if (reader.at(row)) length += reader.end - reader.start;
        }
        return length;
      };
      return { work: bytesOf(lines), run, expected: bytesOf(lines.map(plain)) };
    },
  };
}

const json = (needed: readonly string[]): Parser => ({ kind: 'Json', extractions: [], needed });
const fieldOf = (name: string) => (line: string) => String((JSON.parse(line) as Record<string, unknown>)[name]);
const found = (pattern: RegExp) => (line: string) => pattern.exec(line)?.[1] ?? '';

const STATUS_FROM_500: LabelPredicate = { kind: 'Number', name: 'status', op: '>=', value: 500 };

const NGINX: Parser = {
  kind: 'Pattern',
  parts: [
    { kind: 'Capture', name: null },
    { kind: 'Literal', text: '" ' },
    { kind: 'Capture', name: 'status' },
    { kind: 'Literal', text: ' ' },
    { kind: 'Capture', name: null },
  ],
  needed: ['status'],
};

export const benchmarks: readonly MicroBenchmark[] = [
  parserBenchmark({
    name: 'json, an early field',
    stage: json(['status']),
    make: madeApiLines,
    label: 'status',
    plain: fieldOf('status'),
  }),
  parserBenchmark({
    name: 'json, two fields in the middle',
    stage: json(['duration_ms', 'path']),
    make: madeApiLines,
    label: 'path',
    plain: fieldOf('path'),
  }),
  parserBenchmark({
    name: 'json, a field and the whole line',
    stage: json(['status', 'nowhere']),
    make: madeApiLines,
    label: 'status',
    plain: fieldOf('status'),
  }),
  parserBenchmark({
    name: 'json, a field and the rest is known to be sound',
    stage: json(['status', '__error__']),
    make: madeApiLines,
    label: 'status',
    plain: fieldOf('status'),
    soundJson: true,
  }),
  parserBenchmark({
    name: 'json, all fields of rows that a filter lets through',
    stage: { kind: 'Json', extractions: [], needed: 'all', immediateFilters: [STATUS_FROM_500] },
    make: madeApiLines,
    label: 'status',
    plain: (line) => (Number(fieldOf('status')(line)) >= 500 ? fieldOf('status')(line) : ''),
  }),
  parserBenchmark({
    name: 'logfmt, two fields',
    stage: { kind: 'Logfmt', strict: false, keepEmpty: false, extractions: [], needed: ['level', 'task'] },
    make: madeWorkerLines,
    label: 'task',
    plain: found(/ task=(\S+)/),
  }),
  parserBenchmark({
    name: 'pattern, one field',
    stage: NGINX,
    make: madeNginxLines,
    label: 'status',
    plain: found(/" (\d{3}) /),
  }),
];
