import type { Dice } from './dice.ts';
import { VALUES } from './vocabulary.ts';

const value = (dice: Dice, name: string): string => dice.pick(VALUES[name]);

const JSON_KEYS = ['level', 'status', 'msg', 'latency', 'size', 'dur', 'ok', 'n', 'env', 'app', 'user_id', 'addr'];

/** A member of a JSON line: mostly plain, sometimes of a kind that parsers treat in a way of their own. */
function jsonMember(dice: Dice, key: string): string {
  const text = value(dice, VALUES[key] === undefined ? 'msg' : key);
  const bare = /^-?\d+(\.\d+)?(e\d+)?$/.test(text) && dice.chance(0.6) ? text : JSON.stringify(text);
  const rare = [
    'null',
    '[1,"a]"]',
    '{"a":{"b":1},"c":"d"}',
    '""',
    '"tab\\tnew\\u00e9"',
    '"bad\\x"',
    'tru',
    '1.0',
    '"\ufffd"',
  ];
  return `${JSON.stringify(key)}:${dice.chance(0.08) ? dice.pick(rare) : bare}`;
}

export function jsonLine(dice: Dice): string {
  const members = dice.some(JSON_KEYS, 1, 6).map((key) => jsonMember(dice, key));
  if (dice.chance(0.3)) members.push(`"user":{"id":${dice.int(1, 3)},"name":"${value(dice, 'user_name')}"}`);
  if (dice.chance(0.1))
    members.push(dice.pick(['"level":"second"', '"":"blank"', '"1st":1', '"a.b-c":"x"', '" sp ":"y"']));
  if (dice.chance(0.02)) members.push('"__error__":"mine"');
  const text = `{${members.join(dice.pick([',', ', ', ' ,\t']))}}`;
  if (dice.chance(0.06)) return text.slice(0, dice.int(1, text.length - 1));
  return dice.chance(0.03) ? dice.pick([` ${text}`, `${text} trailing`, `[${text}]`, text.replace(':', ' ')]) : text;
}

export function logfmtLine(dice: Dice): string {
  const pairs = dice.some(JSON_KEYS, 1, 7).map((key) => {
    const text = value(dice, VALUES[key] === undefined ? 'msg' : key);
    return `${key}=${/[ "=]/.test(text) || dice.chance(0.1) ? JSON.stringify(text) : text}`;
  });
  const odd = [
    'flag',
    '=x',
    'a"b',
    'k=v=w',
    'empty=',
    'q="un',
    'u="\\u00e9\\n"',
    'bad="\\x"',
    '9a=1',
    'x.y=2',
    'level=twice',
  ];
  if (dice.chance(0.2)) pairs.splice(dice.int(0, pairs.length), 0, dice.pick(odd));
  return pairs.join(dice.pick([' ', ' ', '  ', '\t']));
}

export function accessLine(dice: Dice): string {
  const user = dice.pick(['-', 'alice', 'bob']);
  const request = `${value(dice, 'method')} ${value(dice, 'path')} HTTP/1.1`;
  return `${value(dice, 'addr')} - ${user} [x] "${request}" ${value(dice, 'status')} ${dice.int(0, 9000)} "-" 0.${dice.int(100, 999)}`;
}

export function packedLine(dice: Dice): string {
  const inner = JSON.stringify(dice.chance(0.7) ? logfmtLine(dice) : jsonLine(dice));
  const members = dice.some(
    ['"pod":"packed"', '"env":"packed"', '"region":"xx"', '"num":5', '"nested":{"a":"b"}'],
    0,
    3,
  );
  if (dice.chance(0.9)) members.splice(dice.int(0, members.length), 0, `"_entry":${inner}`);
  return `{${members.join(',')}}`;
}

export function counterLine(dice: Dice, index: number): string {
  const total = dice.chance(0.1) ? dice.int(0, 5) : index * 3 + dice.int(0, 3);
  return `level=info n=${total} dur=${dice.int(1, 900)}ms size=${dice.int(1, 99)}KB`;
}

export function oddLine(dice: Dice): string {
  return dice.pick([
    '',
    ' ',
    '\u001b[31mERROR\u001b[0m level=error n=1',
    'two\nlines level=info',
    'from 10.0.0.1:80 to fe80::1, 1.2.3 and ::',
    '日本語 café 😀',
    'a'.repeat(300),
    '{}',
    '{"a"',
    '"quoted"',
    'tab\there',
    '\u0000level=info',
  ]);
}

/** A line with a character removed, doubled or replaced: what parsers of real lines never see. */
function damaged(dice: Dice, line: string): string {
  const at = dice.int(0, line.length);
  const piece = dice.pick([
    '',
    '',
    '"',
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '=',
    '\\',
    ' ',
    '\ufffd',
    'é',
    '1',
    '\\u12',
    line[at] ?? '',
  ]);
  return (line.slice(0, at) + piece + line.slice(at + dice.int(0, 2))).toWellFormed();
}

/** A kind of line in which every so often one is damaged. */
export function withDamage(maker: (dice: Dice, index: number) => string): (dice: Dice, index: number) => string {
  return (dice, index) => (dice.chance(0.4) ? damaged(dice, maker(dice, index)) : maker(dice, index));
}

/** Kinds of lines; the common ones more than once. */
export const LINE_MAKERS = [
  jsonLine,
  jsonLine,
  logfmtLine,
  logfmtLine,
  accessLine,
  packedLine,
  counterLine,
  counterLine,
  oddLine,
] as const;
