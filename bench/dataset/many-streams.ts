import { type Answer, NewestLines, WindowSums } from './answers.ts';
import type { DataRandom } from './data-random.ts';
import type { DatasetFacts, LineSink } from './dataset.ts';
import { levels } from './levels.ts';
import { offsetSeconds, SPAN_S, Stamp, Timeline } from './timeline.ts';

export const STREAMS = 20_000;
const LINES_EACH = 40;
const HOUR_S = 3600;

const COMPONENTS = ['reconciler', 'watcher', 'http', 'store'];
const MESSAGES = ['sync finished', 'lease renewed', 'object updated', 'request handled'];

/** Many streams with few lines each: one pod, one stream. */
export function generateStreams(random: DataRandom, scale: number, sink: LineSink): DatasetFacts {
  const streamCount = Math.max(1, Math.round(STREAMS * Math.min(1, scale)));
  const order = shuffledStreams(random, streamCount);
  const timeline = new Timeline(random, order.length);
  const nextLine = manyLines(random, new Stamp());
  const counts = new WindowSums(300);
  const newest = new NewestLines(100);
  const needle = new NewestLines(100);
  const labels = Array.from({ length: streamCount }, (_, i) => labelsOf(i));
  const lastHour = new Int32Array(streamCount);
  let [bytes, lastHourBytes, needleText] = [0, 0, ''];
  for (let i = 0; i < order.length; i++) {
    const offsetNs = timeline.next();
    const { line, request } = nextLine(offsetNs);
    if (i === Math.floor(order.length * 0.43)) {
      needle.add(offsetNs, line);
      needleText = request;
    }
    counts.add('', offsetSeconds(offsetNs));
    newest.add(offsetNs, line);
    bytes += line.length;
    if (offsetSeconds(offsetNs) >= SPAN_S - HOUR_S) {
      lastHour[order[i]]++;
      lastHourBytes += line.length;
    }
    sink.add(labels[order[i]], offsetNs, line);
  }
  return {
    streams: streamCount,
    selectedBytes: { all: bytes, lastHour: lastHourBytes },
    needles: { S3: needleText },
    answers: new Map<string, Answer>([
      ['S1', counts.answer()],
      ['S2', { kind: 'Vector', values: [...lastHour.sort().slice(-5)].reverse() }],
      ['S3', needle.answer()],
      ['S4', { kind: 'Count', count: streamCount }],
      ['S5', newest.answer()],
    ]),
  };
}

function labelsOf(index: number): string {
  const namespace = `ns${String(index % 50).padStart(2, '0')}`;
  return `{app="many", cluster="c1", namespace="${namespace}", pod="pod-${String(index).padStart(5, '0')}"}`;
}

/** Each stream LINES_EACH times, in random order (Fisher and Yates). */
function shuffledStreams(random: DataRandom, streamCount: number): Int32Array {
  const order = new Int32Array(streamCount * LINES_EACH).map((_, i) => i % streamCount);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

function manyLines(random: DataRandom, stamp: Stamp): (offsetNs: number) => { line: string; request: string } {
  const nextLevel = levels(random);
  return (offsetNs) => {
    stamp.set(offsetNs);
    const level = nextLevel();
    const request = random.hex(16);
    const error = level === 'error' ? ' err="conflict: object has been modified"' : '';
    const line =
      `ts=${stamp.iso} level=${level} component=${random.oneOf(COMPONENTS)} msg="${random.oneOf(MESSAGES)}" ` +
      `req=${request} dur=${random.below(900)}ms count=${random.below(5000)}${error}`;
    return { line, request };
  };
}
