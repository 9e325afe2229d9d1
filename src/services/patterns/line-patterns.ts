import type { LogRow } from '../../../exec/result/query-result.ts';
import { Labels } from '../../common/labels.ts';
import { Drain, type Cluster } from './drain/drain.ts';
import { messageOf } from './drain/message-of.ts';
import { tokenize } from './drain/tokenize.ts';

/** Streams whose patterns are found apart; those of further streams are found together. */
const STREAMS_MAX = 50;

export interface LinePatternsOptions {
  /** Patterns of a stream. */
  readonly clustersMax: number;
  /** Fields of JSON lines that are looked at in place of the line (pattern_ingester_tokenizable_json_fields). */
  readonly jsonFields: ReadonlySet<string>;
}

/** Finds the patterns of the lines of one level, stream by stream. */
export class LinePatterns {
  readonly #options: LinePatternsOptions;
  readonly #streams = new Map<string, Drain>();
  readonly #others: Drain;
  /** Key of a label set, by the identity of its pairs: rows of a stream share them. */
  readonly #keys = new WeakMap<object, string>();

  constructor(options: LinePatternsOptions) {
    this.#options = options;
    this.#others = new Drain(options.clustersMax);
  }

  add({ stream, line }: LogRow): Cluster {
    const message = messageOf(line, this.#options.jsonFields);
    const tokens = message === null ? tokenize(line) : tokenize(line, message.start, message.end);
    return this.#drainOf(stream).add(tokens);
  }

  #drainOf(stream: LogRow['stream']): Drain {
    let key = this.#keys.get(stream);
    if (key === undefined) this.#keys.set(stream, (key = Labels.from(stream).key));
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    if (this.#streams.size >= STREAMS_MAX) return this.#others;
    const drain = new Drain(this.#options.clustersMax);
    this.#streams.set(key, drain);
    return drain;
  }
}
