import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { DataRandom } from './data-random.ts';
import type { DatasetFacts, DatasetKind, LineSink } from './dataset.ts';
import { generateStreams } from './many-streams.ts';
import { generateMixed } from './mixed.ts';
import { PushBodies } from './push-bodies.ts';
import { RawBlocks } from './raw-blocks.ts';

export interface DatasetOptions {
  readonly kind: DatasetKind;
  /** 1 is full size: 1.1 GB of lines in `mixed`, 20,000 streams in `streams`. */
  readonly scale: number;
  readonly seed: number;
}

export interface GeneratedDataset extends DatasetFacts, DatasetOptions {
  readonly lines: number;
  /** Without line ends. */
  readonly lineBytes: number;
  /** Files with the bodies of pushes, in time order. */
  readonly bodies: readonly string[];
  readonly bodyBytes: number;
  readonly raw: RawBlocks;
}

const GENERATORS = { mixed: generateMixed, streams: generateStreams } satisfies Record<DatasetKind, unknown>;

/** Makes a dataset; push bodies go to files in `directory`. */
export function generateDataset(options: DatasetOptions, directory: string): GeneratedDataset {
  const raw = new RawBlocks();
  const bodies: string[] = [];
  let [lines, lineBytes, bodyBytes] = [0, 0, 0];
  const packer = new PushBodies((body) => {
    const file = path.join(directory, `${String(bodies.length).padStart(6, '0')}.pb`);
    writeFileSync(file, body);
    bodies.push(file);
    bodyBytes += body.length;
  });
  const sink: LineSink = {
    add: (labels, offsetNs, line, metadata) => {
      lines++;
      lineBytes += line.length;
      raw.add(line);
      packer.add(labels, offsetNs, line, metadata);
    },
  };
  const generate = GENERATORS[options.kind];
  const facts = generate(new DataRandom(options.seed), options.scale, sink);
  packer.finish();
  raw.finish();
  return { ...options, ...facts, lines, lineBytes, bodies, bodyBytes, raw };
}
