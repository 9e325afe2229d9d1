import { compareUtf8 } from '../../src/common/utf8.ts';

/** An entry as it was stored; `detected_level` is among the metadata. */
export interface OracleEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A stream and its entries in the order in which they arrived. */
export interface OracleStream {
  readonly labels: Readonly<Record<string, string>>;
  readonly entries: readonly OracleEntry[];
}

export interface OracleParams {
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: bigint;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  readonly intervalNs: bigint;
  readonly instant: boolean;
  /** Length of the parts in which a log query's interval counts; 0 is the whole range. */
  readonly splitNs: bigint;
}

export interface OracleOptions {
  /** Move the steps of a metric range query to multiples of the step (fact 10). */
  readonly alignSteps?: boolean;
}

const known = new WeakMap<OracleStream, OracleEntry[]>();

/** The entries of a stream, each once (facts 17, 18), in arrival order. */
export function distinctEntries(stream: OracleStream): readonly OracleEntry[] {
  let entries = known.get(stream);
  if (entries === undefined) known.set(stream, (entries = withoutDuplicates(stream)));
  return entries;
}

function withoutDuplicates(stream: OracleStream): OracleEntry[] {
  const seen = new Set<string>();
  return stream.entries.filter(({ timestampNs, line, metadata }) => {
    const pairs = Object.entries(metadata).sort(([a], [b]) => compareUtf8(a, b));
    const key = JSON.stringify([String(timestampNs), line, pairs]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
