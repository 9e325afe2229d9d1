import { parseLabels } from '../../../grammar/parse-labels.ts';
import { unquoteGoString } from '../../../grammar/go-string.ts';
import { parseGoDuration } from '../../../src/common/duration.ts';
import type { Entry } from '../../../storage/head/testing/entries.ts';
import { EPOCH_NS } from './script.ts';

/** Entries that one line of a script may generate. */
const GENERATED_MAX = 10_000;
const ENTRY = /^\s+(\S+)(?:\s(?:\s*(\[\w+="(?:[^"\\]|\\.)*"(?:, *\w+="(?:[^"\\]|\\.)*")*\])(?:\s|$))?(.*))?$/;
const SERIES = /^(.+)\.\.(.+)\/(.+)$/;
const LEVEL = 'detected_level';

/** The label set of `load {app="api"}`. */
export function parseLoadLabels(header: string): Readonly<Record<string, string>> {
  return parseLabels(header).toRecord();
}

/**
 * The entries of one line under `load`: an offset, structured metadata in brackets if there is any, and the log line;
 * `a..b/step` gives one entry per step, both ends included, with their number from 1 on in place of `${i}`.
 */
export function parseEntries(text: string, labels: Entry['labels']): Entry[] {
  const match = ENTRY.exec(text);
  if (match === null) throw new Error(`not an entry: ${text}`);
  const [, when = '', metadata = '', line = ''] = match;
  return offsetsOf(when).map((offset, i) => {
    const fill = (template: string): string => template.replaceAll('${i}', String(i + 1));
    return entryOf(labels, EPOCH_NS + offset, fill(metadata), unquoteLine(fill(line)));
  });
}

function entryOf(labels: Entry['labels'], timestamp: bigint, metadata: string, line: string): Entry {
  if (metadata === '') return { labels, timestamp, line };
  const { [LEVEL]: level, ...others } = parseLabels(`{${metadata.slice(1, -1)}}`).toRecord();
  return { labels, timestamp, line, metadata: others, ...(level === undefined ? {} : { level }) };
}

function offsetsOf(text: string): bigint[] {
  const series = SERIES.exec(text);
  if (series === null) return [parseGoDuration(text)];
  const [first, last, step] = series.slice(1).map((part) => parseGoDuration(part)) as [bigint, bigint, bigint];
  const count = Number((last - first) / step) + 1;
  if (step <= 0n || count < 1 || count > GENERATED_MAX) throw new Error(`${text} is not 1 to ${GENERATED_MAX} entries`);
  return Array.from({ length: count }, (_, i) => first + BigInt(i) * step);
}

/** A line that starts and ends with a double quote is a Go string: for what a script cannot show as it is. */
function unquoteLine(text: string): string {
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) return text;
  const line = unquoteGoString(text);
  if (line === null) throw new Error(`not a string: ${text}`);
  return line;
}
