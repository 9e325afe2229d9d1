import { apiLines } from '../dataset/api-lines.ts';
import { DataRandom } from '../dataset/data-random.ts';
import { nginxLines } from '../dataset/nginx-lines.ts';
import { Stamp, Timeline } from '../dataset/timeline.ts';
import { workerLines } from '../dataset/worker-lines.ts';

export interface MadeLine {
  readonly offsetNs: number;
  readonly line: string;
}

type Maker = (random: DataRandom, stamp: Stamp) => () => { readonly line: string };

function madeLines(make: Maker, count: number): MadeLine[] {
  const random = new DataRandom(1);
  const stamp = new Stamp();
  const timeline = new Timeline(random, count);
  const next = make(random, stamp);
  return Array.from({ length: count }, () => {
    const offsetNs = timeline.next();
    stamp.set(offsetNs);
    return { offsetNs, line: next().line };
  });
}

/** Lines as in the dataset `mixed`. */
export const madeApiLines = (count: number): MadeLine[] => madeLines(apiLines, count);
export const madeNginxLines = (count: number): MadeLine[] => madeLines(nginxLines, count);
export const madeWorkerLines = (count: number): MadeLine[] => madeLines(workerLines, count);

export const textsOf = (lines: readonly MadeLine[]): string[] => lines.map(({ line }) => line);
export const bytesOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + line.length, 0);
