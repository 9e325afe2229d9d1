import { jsonText } from '../../common/go-json.ts';

/** Beginnings of members that are remembered. */
const MEMBERS_MAX = 1000;
const members = new Map<string, string>();

/** An object of strings, keys in the given order. Replacement characters in values become spaces (spec fact 24). */
export function jsonLabels(pairs: Iterable<readonly [string, string]>): string {
  let out = '{';
  for (const [name, value] of pairs) {
    const text = jsonText(value.includes('\ufffd') ? value.replaceAll('\ufffd', ' ') : value);
    out += (out.length > 1 ? memberOf(name) : memberOf(name).slice(1)) + text;
  }
  return `${out}}`;
}

/** `,"name":`. Label sets have the same few names: strings of few pieces are put together in a third of the time. */
function memberOf(name: string): string {
  let member = members.get(name);
  if (member === undefined) {
    if (members.size === MEMBERS_MAX) members.clear();
    member = `,${jsonText(name)}:`;
    members.set(name, member);
  }
  return member;
}
