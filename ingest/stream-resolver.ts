import { parseLabels } from '../grammar/parse-labels.ts';
import { messageOf, SkaldError } from '../src/common/errors.ts';
import { ByteInterner } from '../src/common/byte-interner.ts';
import type { Labels } from '../src/common/labels.ts';
import { decodeUtf8 } from '../src/common/utf8.ts';
import type { IngestLimits } from './ingest-limits.ts';
import { normalizeLevel } from './level-detection.ts';
import type { TokenBucket } from './rate-limit.ts';
import { withServiceName } from './service-name.ts';
import { findEnforcedLabelProblem, findLabelProblem, type Problem } from './validate.ts';

/** A stream as a tenant's pushes know it: what its label text means under the limits, and what it has used of them. */
export interface ResolvedStream {
  /** With `service_name`. */
  readonly labels: Labels;
  /** Why every entry of the stream is refused, if it is. */
  readonly problem: Problem | null;
  /** The level that a stream label gives to every entry, normalized, or null. */
  readonly level: string | null;
  /** Its rate, from the first entry on. Label texts of one label set share the stream, and so the bucket. */
  bucket: TokenBucket | null;
  /** Its number in the batch of push `push`, and in no other. */
  push: number;
  number: number;
}

/** Remembered between pushes, as clients send the same streams again and again: that many streams, bytes of their texts. */
const STREAMS_MAX = 200_000;
const TEXT_BYTES_MAX = 64 * 2 ** 20;
/** Longer texts are parsed each time. */
const TEXT_LENGTH_MAX = 4096;

/** Parses and checks the label texts of one tenant. */
export class StreamResolver {
  readonly #tenant: string;
  #texts = new ByteInterner();
  /** By number of the text. */
  #streams: ResolvedStream[] = [];
  #byKey = new Map<string, ResolvedStream>();
  #limits: IngestLimits | null = null;

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  /** The stream of `bytes[start .. end)`. Throws SkaldError `bad_request` for what is no label set; the push fails then. */
  resolve(bytes: Uint8Array, start: number, end: number, limits: IngestLimits): ResolvedStream {
    if (limits !== this.#limits) this.#apply(limits);
    if (end - start > TEXT_LENGTH_MAX) return this.#parse(decodeUtf8(bytes, start, end), limits);
    const isFull = this.#streams.length >= STREAMS_MAX || this.#texts.sizeBytes > TEXT_BYTES_MAX;
    if (isFull) this.#forget();
    const number = this.#texts.intern(bytes, start, end);
    const known = this.#streams[number] as ResolvedStream | undefined;
    if (known !== undefined) return known;
    const stream = this.#parse(decodeUtf8(bytes, start, end), limits);
    this.#streams[number] = stream;
    return stream;
  }

  #parse(text: string, limits: IngestLimits): ResolvedStream {
    const labels = withServiceName(parse(text), limits.discover_service_name);
    const problem =
      findLabelProblem(labels, findDuplicateName(text), limits) ??
      findEnforcedLabelProblem(labels, this.#tenant, limits);
    const same = this.#byKey.get(labels.key);
    if (problem === null && same?.problem === null) return same;
    const field = limits.log_level_fields.find((name) => labels.has(name));
    const level = field === undefined ? undefined : labels.get(field);
    const normalized = level === undefined ? null : normalizeLevel(level);
    const stream = { labels, problem, level: normalized, bucket: null, push: -1, number: -1 };
    if (problem === null) this.#byKey.set(labels.key, stream);
    return stream;
  }

  /** Under other limits a text may mean something else; what streams have used of their rates stays. */
  #apply(limits: IngestLimits): void {
    const before = this.#byKey;
    this.#forget();
    this.#limits = limits;
    for (const { labels, bucket } of before.values()) {
      if (bucket !== null) this.#parse(labels.key, limits).bucket = bucket;
    }
  }

  #forget(): void {
    this.#texts = new ByteInterner();
    this.#streams = [];
    this.#byKey = new Map();
  }
}

function parse(text: string): Labels {
  try {
    return parseLabels(text);
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    throw new SkaldError('bad_request', `couldn't parse labels: ${messageOf(error)}`, { cause: error });
  }
}

/** The first label name that a valid label text has twice. `Labels` cannot tell: it keeps the last of them. */
export function findDuplicateName(text: string): string | null {
  const names = new Set<string>();
  const pair = /([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(?:"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|`[^`]*`)/g;
  for (const [, name] of text.matchAll(pair)) {
    if (names.has(name)) return name;
    names.add(name);
  }
  return null;
}
