import { parseGoDuration, parsePrometheusDuration } from '../../common/duration.ts';
import { SkaldError } from '../../common/errors.ts';
import { parseLabels } from '../../../grammar/parse-labels.ts';
import type { UnitTest } from './unit-test-schema.ts';

/** Offset zero of unit tests: 2026-01-01T00:00:00Z. */
export const TEST_EPOCH_NS = 1_767_225_600_000_000_000n;
/** Entries of one stream of a test. */
const ENTRIES_MAX = 1_000_000;

/** A stream as the push API takes it. */
export interface PushedStream {
  readonly stream: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [string, string, Readonly<Record<string, string>>])[];
}

/** Throws SkaldError `bad_config` for what cannot be read. */
export function pushedStreams({ input_series }: UnitTest): PushedStream[] {
  return input_series.map(({ series, entries }) => ({
    stream: Object.fromEntries(parseLabels(series).pairs),
    values: entries.flatMap(({ at, line, metadata }) =>
      offsets(at).map((offsetNs, i): [string, string, Record<string, string>] => {
        const fill = (text: string): string => text.replaceAll('${i}', String(i + 1));
        const filled = Object.entries(metadata).map(([name, value]) => [name, fill(value)]);
        return [String(TEST_EPOCH_NS + offsetNs), fill(line), Object.fromEntries(filled) as Record<string, string>];
      }),
    ),
  }));
}

/** `30s` or `0s..5m/10s` */
function offsets(text: string): bigint[] {
  const [, first, last, step] = /^([^./]+)(?:\.\.([^/]+)\/(.+))?$/.exec(text) ?? [];
  if (first === undefined) return refuse(text);
  if (last === undefined || step === undefined) return [duration(first, text)];
  const [fromNs, toNs, stepNs] = [duration(first, text), duration(last, text), duration(step, text)];
  if (stepNs <= 0n) return refuse(text);
  const count = Number((toNs - fromNs) / stepNs) + 1;
  if (count < 1 || count > ENTRIES_MAX) return refuse(text);
  return Array.from({ length: count }, (_, i) => fromNs + BigInt(i) * stepNs);
}

function duration(text: string, whole: string): bigint {
  for (const parse of [parsePrometheusDuration, parseGoDuration]) {
    try {
      return parse(text.trim());
    } catch {
      continue;
    }
  }
  return refuse(whole);
}

function refuse(text: string): never {
  throw new SkaldError('bad_config', `at: ${JSON.stringify(text)}: expected an offset, or first..last/step`);
}
