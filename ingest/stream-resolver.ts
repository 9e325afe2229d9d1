import { parseLabels } from '../grammar/parse-labels.ts';
import { messageOf, SkaldError } from '../src/common/errors.ts';
import type { Labels } from '../src/common/labels.ts';
import type { IngestLimits } from './ingest-limits.ts';
import { normalizeLevel } from './level-detection.ts';
import { withServiceName } from './service-name.ts';
import { findEnforcedLabelProblem, findLabelProblem, type Problem } from './validate.ts';

/** What a label text means under the limits of a tenant. */
export interface ResolvedStream {
  /** With `service_name`. */
  readonly labels: Labels;
  /** Why every entry of the stream is refused, if it is. */
  readonly problem: Problem | null;
  /** The level that a stream label gives to every entry, normalized, or null. */
  readonly level: string | null;
}

/** Label texts remembered between pushes; clients send the same ones again and again. */
const TEXTS_MAX = 10_000;
/** Longer texts are parsed each time. */
const TEXT_LENGTH_MAX = 4096;

/** Parses and checks the label texts of one tenant. */
export class StreamResolver {
  readonly #tenant: string;
  readonly #known = new Map<string, ResolvedStream>();
  #limits: IngestLimits | null = null;

  constructor(tenant: string) {
    this.#tenant = tenant;
  }

  /** Throws SkaldError `bad_request` when the text is no label set; the whole push fails then. */
  resolve(text: string, limits: IngestLimits): ResolvedStream {
    if (limits !== this.#limits) {
      this.#known.clear();
      this.#limits = limits;
    }
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const resolved = this.#parse(text, limits);
    if (text.length <= TEXT_LENGTH_MAX) {
      if (this.#known.size >= TEXTS_MAX) this.#known.clear();
      this.#known.set(text, resolved);
    }
    return resolved;
  }

  #parse(text: string, limits: IngestLimits): ResolvedStream {
    const labels = withServiceName(parse(text), limits.discover_service_name);
    const problem =
      findLabelProblem(labels, findDuplicateName(text), limits) ??
      findEnforcedLabelProblem(labels, this.#tenant, limits);
    const field = limits.log_level_fields.find((name) => labels.has(name));
    const level = field === undefined ? undefined : labels.get(field);
    return { labels, problem, level: level === undefined ? null : normalizeLevel(level) };
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
