import { floorDiv } from '../time.ts';
import type { TimeValue } from './value.ts';

/** Layout of Go's Time.String. */
export const TIME_STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

/** Nanoseconds of 0001-01-01T00:00:00Z, Go's zero time. */
export const ZERO_TIME_NS = -62_135_596_800_000_000_000n;

/** The elements of a layout, longest first where one begins another. */
const ELEMENT =
  /January|Jan|Monday|Mon|MST|2006|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|__2|002|_2006|_2|01|02|03|04|05|06|15|PM|pm|[.,]0+(?![0-9])|[.,]9+(?![0-9])|1|2|3|4|5/g;

interface Fields {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly weekday: number;
  readonly yearDay: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** East of UTC. */
  readonly offsetSeconds: number;
  readonly zoneName: string;
}

/** A time in a Go layout. */
export function formatTime(time: TimeValue, layout: string): string {
  const fields = fieldsOf(time);
  return layout.replace(ELEMENT, (element) => formatElement(element, fields));
}

function fieldsOf({ ns, zone }: TimeValue): Fields {
  const instant = ns ?? ZERO_TIME_NS;
  const seconds = floorDiv(instant, 1_000_000_000n);
  const { offsetSeconds, zoneName } = zoneAt(zone, Number(seconds));
  const local = new Date((Number(seconds) + offsetSeconds) * 1000);
  const startOfYear = new Date(local);
  startOfYear.setUTCMonth(0, 1);
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
    weekday: local.getUTCDay(),
    yearDay: Math.round((local.getTime() - startOfYear.getTime()) / 86_400_000) + 1,
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    nanosecond: Number(instant - seconds * 1_000_000_000n),
    offsetSeconds,
    zoneName,
  };
}

/** Whether a time zone of that name is known. */
export function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Offset and abbreviation of a zone at a moment (seconds since the epoch). */
function zoneAt(zone: string, seconds: number): { offsetSeconds: number; zoneName: string } {
  if (zone === 'UTC') return { offsetSeconds: 0, zoneName: 'UTC' };
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(zone);
  if (fixed !== null) {
    const size = Number(fixed[2]) * 3600 + Number(fixed[3]) * 60;
    return {
      offsetSeconds: fixed[1] === '-' ? -size : size,
      zoneName: `${fixed[1]}${fixed[2]}${fixed[3] === '00' ? '' : fixed[3]}`,
    };
  }
  const date = new Date(seconds * 1000);
  const part = (timeZoneName: 'longOffset' | 'short'): string =>
    new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName })
      .formatToParts(date)
      .find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  const offset = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(part('longOffset'));
  const size = Number(offset?.[2] ?? 0) * 3600 + Number(offset?.[3] ?? 0) * 60 + Number(offset?.[4] ?? 0);
  return { offsetSeconds: offset?.[1] === '-' ? -size : size, zoneName: part('short') };
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** Elements other than zones and fractions. */
const PLAIN: Readonly<Record<string, (fields: Fields) => string>> = {
  January: ({ month }) => MONTHS[month - 1],
  Jan: ({ month }) => MONTHS[month - 1].slice(0, 3),
  Monday: ({ weekday }) => DAYS[weekday],
  Mon: ({ weekday }) => DAYS[weekday].slice(0, 3),
  MST: ({ zoneName }) => zoneName,
  '2006': ({ year }) => String(year).padStart(4, '0'),
  _2006: ({ year }) => `_${String(year).padStart(4, '0')}`,
  '06': ({ year }) => two(year % 100),
  '01': ({ month }) => two(month),
  '1': ({ month }) => String(month),
  '02': ({ day }) => two(day),
  _2: ({ day }) => String(day).padStart(2, ' '),
  '2': ({ day }) => String(day),
  '002': ({ yearDay }) => String(yearDay).padStart(3, '0'),
  __2: ({ yearDay }) => String(yearDay).padStart(3, ' '),
  '15': ({ hour }) => two(hour),
  '03': ({ hour }) => two(hour % 12 || 12),
  '3': ({ hour }) => String(hour % 12 || 12),
  '04': ({ minute }) => two(minute),
  '4': ({ minute }) => String(minute),
  '05': ({ second }) => two(second),
  '5': ({ second }) => String(second),
  PM: ({ hour }) => (hour >= 12 ? 'PM' : 'AM'),
  pm: ({ hour }) => (hour >= 12 ? 'pm' : 'am'),
};

function formatElement(element: string, fields: Fields): string {
  const plain = PLAIN[element];
  if (plain !== undefined) return plain(fields);
  if (element.startsWith('.') || element.startsWith(',')) return formatFraction(element, fields.nanosecond);
  return formatOffset(element, fields.offsetSeconds);
}

/** `.000` writes three digits, `.999` up to three without trailing zeros. */
function formatFraction(element: string, nanosecond: number): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, element.length - 1)
    .padEnd(element.length - 1, '0');
  if (element[1] === '0') return element.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : element.charAt(0) + trimmed;
}

function formatOffset(element: string, offsetSeconds: number): string {
  if (element.startsWith('Z') && offsetSeconds === 0) return 'Z';
  const size = Math.abs(offsetSeconds);
  const separator = element.includes(':') ? ':' : '';
  const parts = [two(Math.floor(size / 3600))];
  const count = element.replace(/[^0-9]/g, '').length / 2;
  if (count > 1) parts.push(two(Math.floor(size / 60) % 60));
  if (count > 2) parts.push(two(size % 60));
  return (offsetSeconds < 0 ? '-' : '+') + parts.join(separator);
}

/** What has been read of a text so far. */
interface Reading {
  year: number;
  month: number;
  day: number;
  yearDay: number;
  hour: number;
  minute: number;
  second: number;
  fraction: string;
  pm: boolean | null;
  /** Seconds east of UTC where the text has a zone. */
  offset: number | null;
}

/** Reads a time in a Go layout; null when the text does not fit. Without a zone in the text `zone` applies. */
export function parseTime(layout: string, text: string, zone: string): TimeValue | null {
  const reading: Reading = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: 0,
    hour: 0,
    minute: 0,
    second: 0,
    fraction: '',
    pm: null,
    offset: null,
  };
  let rest = text;
  let at = 0;
  for (const match of layout.matchAll(ELEMENT)) {
    const literal = layout.slice(at, match.index);
    if (!rest.startsWith(literal)) return null;
    const read = readElement(match[0], rest.slice(literal.length), reading);
    if (read < 0) return null;
    rest = rest.slice(literal.length + read);
    // A fraction may follow the seconds although the layout has none.
    if ((match[0] === '05' || match[0] === '5') && !/^[.,][09]/.test(layout.slice(match.index + match[0].length))) {
      const fraction = /^[.,][0-9]+/.exec(rest)?.[0] ?? '';
      if (fraction !== '') reading.fraction = fraction.slice(1);
      rest = rest.slice(fraction.length);
    }
    at = match.index + match[0].length;
  }
  return rest === layout.slice(at) ? assemble(reading, zone) : null;
}

/** Number of characters that the element takes from the text, -1 when it does not fit. */
function readElement(element: string, text: string, into: Reading): number {
  const number = (pattern: RegExp, set: (value: number) => void): number => {
    const match = pattern.exec(text);
    if (match === null) return -1;
    set(Number(match[0]));
    return match[0].length;
  };
  switch (element) {
    case '2006':
      return number(/^\d{4}/, (value) => (into.year = value));
    case '06':
      return number(/^\d\d/, (value) => (into.year = value + (value >= 69 ? 1900 : 2000)));
    case '01':
      return number(/^\d\d/, (value) => (into.month = value));
    case '1':
      return number(/^\d\d?/, (value) => (into.month = value));
    case '02':
      return number(/^\d\d/, (value) => (into.day = value));
    case '_2':
    case '2':
      return number(/^ ?\d\d?/, (value) => (into.day = value));
    case '002':
      return number(/^\d{3}/, (value) => (into.yearDay = value));
    case '15':
    case '03':
    case '3':
      return number(element === '3' ? /^\d\d?/ : /^\d\d/, (value) => (into.hour = value));
    case '04':
    case '4':
      return number(element === '4' ? /^\d\d?/ : /^\d\d/, (value) => (into.minute = value));
    case '05':
    case '5':
      return number(element === '5' ? /^\d\d?/ : /^\d\d/, (value) => (into.second = value));
    default:
      return readWord(element, text, into);
  }
}

function readWord(element: string, text: string, into: Reading): number {
  switch (element) {
    case 'January':
    case 'Jan':
      return readName(text, MONTHS, element === 'Jan', (index) => (into.month = index + 1));
    case 'Monday':
    case 'Mon':
      return readName(text, DAYS, element === 'Mon', () => undefined);
    case 'PM':
    case 'pm': {
      const match = /^(am|pm)/i.exec(text);
      if (match !== null) into.pm = match[0].toLowerCase() === 'pm';
      return match === null ? -1 : 2;
    }
    case 'MST': {
      const match = /^(?:[A-Z]{3,4}|[+-]\d\d)/.exec(text);
      if (match?.[0] === 'UTC' || match?.[0] === 'GMT') into.offset = 0;
      return match === null ? -1 : match[0].length;
    }
    default:
      return element.startsWith('.') || element.startsWith(',')
        ? readFraction(element, text, into)
        : readOffset(element, text, into);
  }
}

function readName(text: string, names: readonly string[], short: boolean, set: (index: number) => void): number {
  const index = names.findIndex((name) =>
    text.toLowerCase().startsWith((short ? name.slice(0, 3) : name).toLowerCase()),
  );
  if (index < 0) return -1;
  set(index);
  return short ? 3 : names[index].length;
}

function readFraction(element: string, text: string, into: Reading): number {
  const match = /^[.,](\d+)/.exec(text);
  if (element[1] === '9' && match === null) return 0;
  if (match === null || (element[1] === '0' && match[1].length !== element.length - 1)) return -1;
  into.fraction = match[1];
  return match[0].length;
}

function readOffset(element: string, text: string, into: Reading): number {
  if (element.startsWith('Z') && text.startsWith('Z')) {
    into.offset = 0;
    return 1;
  }
  const separator = element.includes(':') ? ':' : '';
  const count = element.replace(/[^0-9]/g, '').length / 2;
  const match = new RegExp(
    `^([+-])(\\d\\d)${count > 1 ? `${separator}(\\d\\d)` : ''}${count > 2 ? `${separator}(\\d\\d)` : ''}`,
  ).exec(text);
  if (match === null) return -1;
  const size = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
  into.offset = match[1] === '-' ? -size : size;
  return match[0].length;
}

function assemble(reading: Reading, zone: string): TimeValue | null {
  const { year, month, minute, second, offset } = reading;
  let hour = reading.hour;
  if (reading.pm === true && hour < 12) hour += 12;
  if (reading.pm === false && hour === 12) hour = 0;
  const day = reading.yearDay > 0 ? reading.yearDay : reading.day;
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59 || day < 1) return null;
  if (reading.yearDay === 0 && day > daysIn(year, month)) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, reading.yearDay > 0 ? 0 : month - 1, day);
  date.setUTCHours(hour, minute, second);
  const local = date.getTime() / 1000;
  const nanosecond = BigInt(reading.fraction.padEnd(9, '0').slice(0, 9));
  const east = offset ?? zoneAt(zone, local - zoneAt(zone, local).offsetSeconds).offsetSeconds;
  const shown = offset === null ? zone : offset === 0 ? 'UTC' : formatOffset('-07:00', offset);
  return { kind: 'Time', ns: BigInt(local - east) * 1_000_000_000n + nanosecond, zone: shown };
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}
