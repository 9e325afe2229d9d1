import { floorDiv } from '../../time.ts';
import { fixed, type TemplateFunction } from '../function-type.ts';
import { formatTime, isZone, parseTime, ZERO_TIME_NS } from '../go-time.ts';
import { FunctionError, isInt, isTime, type TimeValue, type Value } from '../value.ts';
import { text } from './cast.ts';

/** The zone that counts as local: servers run in UTC, so that answers do not depend on the machine. */
const LOCAL_ZONE = 'UTC';

const ZERO_TIME: TimeValue = { kind: 'Time', ns: null, zone: 'UTC' };

export const TIME_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  __timestamp__: fixed([], (_args, { timestampNs }) => timeAt(timestampNs)),
  now: fixed([], (_args, { nowNs }) => timeAt(nowNs)),
  date: fixed(['string', 'any'], ([layout, time], { nowNs }) => formatTime(asTime(time, nowNs), text(layout))),
  toDate: fixed(['string', 'string'], ([layout, s]) => parseTime(text(layout), text(s), LOCAL_ZONE) ?? ZERO_TIME),
  toDateInZone: fixed(['string', 'string', 'string'], ([layout, zone, s]) => {
    const name = text(zone);
    return parseTime(text(layout), text(s), isZone(name) ? name : 'UTC') ?? ZERO_TIME;
  }),
  unixEpoch: fixed(['time'], ([time]) => epoch(time, 1_000_000_000n)),
  unixEpochMillis: fixed(['time'], ([time]) => epoch(time, 1_000_000n)),
  unixEpochNanos: fixed(['time'], ([time]) => epoch(time, 1n)),
  unixToTime: fixed(['string'], ([s]) => unixToTime(text(s))),
};

function timeAt(ns: bigint): TimeValue {
  return { kind: 'Time', ns, zone: LOCAL_ZONE };
}

/** Integers are seconds; what is no time at all is now. */
function asTime(value: Value, nowNs: bigint): TimeValue {
  if (isTime(value)) return value;
  return timeAt(isInt(value) && value.type !== 'uint8' ? value.value * 1_000_000_000n : nowNs);
}

function epoch(value: Value, unitNs: bigint): string {
  const ns = isTime(value) ? (value.ns ?? ZERO_TIME_NS) : 0n;
  return floorDiv(ns, unitNs).toString();
}

/** Nanoseconds per unit by number of digits: days, seconds, milliseconds, microseconds, nanoseconds. */
const UNIT_BY_LENGTH: Readonly<Record<number, bigint>> = {
  5: 86_400_000_000_000n,
  10: 1_000_000_000n,
  13: 1_000_000n,
  16: 1_000n,
  19: 1n,
};

function unixToTime(source: string): TimeValue {
  const unit = UNIT_BY_LENGTH[source.length];
  if (!/^[+-]?[0-9]+$/.test(source) || unit === undefined) throw new FunctionError(`unable to parse time '${source}'`);
  return timeAt(BigInt(source) * unit);
}
