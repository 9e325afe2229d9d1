import type { Answer } from './answers.ts';
import { type ApiLine, apiLines } from './api-lines.ts';
import { type DataRandom, zipfWeights } from './data-random.ts';
import type { DatasetFacts, LineSink } from './dataset.ts';
import { MixedAnswers } from './mixed-answers.ts';
import { APPS, type App, mixedStreams } from './mixed-streams.ts';
import { nginxLines } from './nginx-lines.ts';
import { syslogLines } from './syslog-lines.ts';
import { Stamp, Timeline } from './timeline.ts';
import { workerLines } from './worker-lines.ts';

export const MIXED_LINES = 5_000_000;

/** Not in any line: trace ids are random. */
const NOWHERE = 'deadbeefcafe0000feedface0badf00d';
/** Shares of the lines, in the order of APPS. */
const SHARES = [25, 35, 25, 15];
const METADATA_SHARE = 0.3;

/**
 * 240 streams of four applications, few of them busy: web server lines, JSON (some with a trace id as structured
 * metadata), logfmt and plain text.
 */
export function generateMixed(random: DataRandom, scale: number, sink: LineSink): DatasetFacts {
  return new MixedGenerator(random, Math.round(MIXED_LINES * scale), sink).run();
}

class MixedGenerator {
  readonly #random: DataRandom;
  readonly #count: number;
  readonly #sink: LineSink;
  readonly #streams;
  readonly #stamp = new Stamp();
  readonly #answers = new MixedAnswers();
  readonly #bytes: Record<App, number> = { nginx: 0, api: 0, worker: 0, syslog: 0 };
  readonly #needles: Record<string, string> = { Q03: NOWHERE };
  readonly #lines: Readonly<Record<App, (offsetNs: number, index: number) => void>>;

  constructor(random: DataRandom, count: number, sink: LineSink) {
    this.#random = random;
    this.#count = count;
    this.#sink = sink;
    this.#streams = mixedStreams(random);
    this.#lines = { nginx: this.#nginx(), api: this.#api(), worker: this.#worker(), syslog: this.#syslog() };
  }

  run(): DatasetFacts {
    const timeline = new Timeline(this.#random, this.#count);
    const pickApp = this.#random.weighted(SHARES);
    for (let i = 0; i < this.#count; i++) {
      const offsetNs = timeline.next();
      this.#stamp.set(offsetNs);
      this.#lines[APPS[pickApp()]](offsetNs, i);
    }
    const { nginx, api, worker, syslog } = this.#bytes;
    const workerLastHour = this.#answers.workerLastHourBytes;
    return {
      streams: this.#streams.length,
      selectedBytes: { all: nginx + api + worker + syslog, nginx, api, worker, syslog, workerLastHour },
      needles: this.#needles,
      answers: new Map<string, Answer>([...this.#answers.answers(), ...this.#metadataAnswers()]),
    };
  }

  #metadataAnswers(): [string, Answer][] {
    return [
      ['Q19/labels', { kind: 'Names', names: ['app', 'cluster', 'namespace', 'pod', 'system'] }],
      ['Q19/values', { kind: 'Count', count: this.#streams.length }],
      ['Q19/series', { kind: 'Count', count: this.#streams.length }],
    ];
  }

  /** A source of streams of `app`: few are busy, most are not. */
  #picker(app: App): () => number {
    const own = this.#streams.flatMap((stream, i) => (stream.app === app ? [i] : []));
    const pick = this.#random.weighted(zipfWeights(own.length, 0.9));
    return () => own[pick()];
  }

  #put(stream: number, offsetNs: number, line: string, metadata?: readonly [string, string]): void {
    const { app, namespace, labels } = this.#streams[stream];
    this.#bytes[app] += line.length;
    this.#answers.addAny(app, namespace, offsetNs, line);
    this.#sink.add(labels, offsetNs, line, metadata);
  }

  #nginx(): (offsetNs: number) => void {
    const next = nginxLines(this.#random, this.#stamp);
    const stream = this.#picker('nginx');
    return (offsetNs) => {
      const made = next();
      this.#answers.addNginx(offsetNs, made);
      this.#put(stream(), offsetNs, made.line);
    };
  }

  #api(): (offsetNs: number, index: number) => void {
    const next = apiLines(this.#random, this.#stamp);
    const stream = this.#picker('api');
    return (offsetNs, index) => {
      const made = next();
      const hasMetadata = this.#random.next() < METADATA_SHARE;
      if (hasMetadata && index >= this.#count * 0.61) this.#choose('Q17', offsetNs, made);
      if (!hasMetadata && index >= this.#count * 0.37) this.#choose('Q02', offsetNs, made);
      this.#answers.addApi(offsetNs, made);
      this.#put(stream(), offsetNs, made.line, hasMetadata ? ['trace_id', made.traceId] : undefined);
    };
  }

  /** Makes the line the needle of a query, if the query has none. */
  #choose(query: 'Q02' | 'Q17', offsetNs: number, { line, traceId }: ApiLine): void {
    if (query in this.#needles) return;
    this.#needles[query] = traceId;
    this.#answers.needle(query, offsetNs, line);
  }

  #worker(): (offsetNs: number) => void {
    const next = workerLines(this.#random, this.#stamp);
    const stream = this.#picker('worker');
    return (offsetNs) => {
      const made = next();
      this.#answers.addWorker(offsetNs, made);
      this.#put(stream(), offsetNs, made.line);
    };
  }

  #syslog(): (offsetNs: number) => void {
    const next = new Map(
      this.#streams.flatMap(({ system, pod }, i) =>
        system === null ? [] : [[i, syslogLines(this.#random, this.#stamp, system, pod)] as const],
      ),
    );
    const stream = this.#picker('syslog');
    return (offsetNs) => {
      const chosen = stream();
      this.#put(chosen, offsetNs, next.get(chosen)?.() ?? '');
    };
  }
}
