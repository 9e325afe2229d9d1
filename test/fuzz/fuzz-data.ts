import { Labels } from '../../src/common/labels.ts';
import { NS_PER_DAY, NS_PER_SECOND } from '../../src/common/time.ts';
import type { Entry } from '../../storage/head/testing/entries.ts';
import type { OracleEntry, OracleStream } from '../oracle/oracle-data.ts';
import type { Dice } from './dice.ts';
import { LINE_MAKERS, withDamage } from './lines.ts';
import { METADATA, STREAM_LABELS, VALUES } from './vocabulary.ts';

/** Entries in the order in which they arrive. */
export interface FuzzData {
  readonly entries: readonly Entry[];
  readonly startNs: bigint;
  readonly endNs: bigint;
}

const LENGTH_NS = 600n * NS_PER_SECOND;
/** Some data sets lie across midnight: their chunks are split by day. */
const DAY_NS = 20_468n * NS_PER_DAY;

/** Streams with a kind of line each; ties, duplicates and late entries among them. */
export function generateData(dice: Dice): FuzzData {
  const startNs = DAY_NS + (dice.chance(0.3) ? -LENGTH_NS / 2n : 36_000n * NS_PER_SECOND);
  const streams = new Map<string, Record<string, string>>();
  for (let i = dice.int(2, 6); i > 0; i--) {
    const labels = streamLabels(dice);
    streams.set(Labels.fromRecord(labels).key, labels);
  }
  const isDamaged = dice.chance(0.3);
  const makers = [...streams.values()].map((labels) => ({
    labels,
    line: isDamaged ? withDamage(dice.pick(LINE_MAKERS)) : dice.pick(LINE_MAKERS),
  }));
  const entries = dice
    .list(dice.pick([0, 40, 80, 120]), dice.pick([120, 160, 240]), (index) => {
      const { labels, line } = dice.pick(makers);
      const maker = dice.chance(0.1) ? dice.pick(LINE_MAKERS) : line;
      return makeEntry(dice, labels, startNs, maker(dice, index));
    })
    .sort((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0));
  return { entries: disturb(dice, entries), startNs, endNs: startNs + LENGTH_NS };
}

function streamLabels(dice: Dice): Record<string, string> {
  const names = ['app', ...dice.some(['env', 'pod', 'note', 'level'], 0, 3)];
  const labels = Object.fromEntries(names.map((name) => [name, dice.pick(STREAM_LABELS[name])]));
  return { ...labels, service_name: labels['app'] };
}

function makeEntry(dice: Dice, labels: Record<string, string>, startNs: bigint, line: string): Entry {
  // A coarse grid makes ties; nanoseconds beside it miss windows by one.
  const coarse = BigInt(dice.int(0, 120)) * 5n * NS_PER_SECOND;
  const offset = dice.chance(0.6) ? coarse : coarse + BigInt(dice.pick([-1, 1, 1_000_000, 123_456_789]));
  const names = dice.chance(0.3) ? dice.some(Object.keys(METADATA), 1, 3) : [];
  const metadata = Object.fromEntries(names.map((name) => [name, dice.pick(METADATA[name])]));
  const timestamp = startNs + (offset < 0n ? 0n : offset);
  return dice.chance(0.9)
    ? { labels, timestamp, line, metadata, level: dice.pick(VALUES['detected_level']) }
    : { labels, timestamp, line, metadata };
}

/** Repeats some entries and moves some: what arrives late may be a duplicate of what has been flushed. */
function disturb(dice: Dice, entries: readonly Entry[]): Entry[] {
  const arrived = [...entries];
  for (let i = Math.floor(entries.length / 12); i > 0; i--) {
    const from = dice.int(0, arrived.length - 1);
    const entry = arrived[from];
    if (dice.chance(0.5)) arrived.splice(from, 1);
    arrived.splice(dice.int(0, arrived.length), 0, entry);
  }
  return arrived;
}

const known = new WeakMap<readonly Entry[], OracleStream[]>();

/** The same data for the oracle. */
export function oracleStreams(entries: readonly Entry[]): OracleStream[] {
  let streams = known.get(entries);
  if (streams === undefined) known.set(entries, (streams = streamsOf(entries)));
  return streams;
}

function streamsOf(entries: readonly Entry[]): OracleStream[] {
  const streams = new Map<string, { labels: Entry['labels']; entries: OracleEntry[] }>();
  for (const { labels, timestamp, line, level, metadata } of entries) {
    const { key } = Labels.fromRecord(labels);
    const stream = streams.get(key) ?? { labels, entries: [] };
    streams.set(key, stream);
    const all = { ...metadata, ...(level === undefined ? {} : { detected_level: level }) };
    stream.entries.push({ timestampNs: timestamp, line, metadata: all });
  }
  return [...streams.values()];
}
