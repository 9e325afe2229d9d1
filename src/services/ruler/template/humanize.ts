import { formatGeneral } from '../../../common/template/format-value.ts';
import { formatTime, TIME_STRING_LAYOUT } from '../../../common/template/go-time.ts';
import { fixed, type TemplateFunction } from '../../../common/template/function-type.ts';
import { formatPrintf } from '../../../common/template/printf.ts';
import { FunctionError, type TimeValue, type Value } from '../../../common/template/value.ts';
import { parsePrometheusDuration } from '../../../common/duration.ts';
import { text } from '../../../common/template/functions/cast.ts';
import { toFloat } from './to-float.ts';

const LARGE = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
const SMALL = ['m', 'u', 'n', 'p', 'f', 'a', 'z', 'y'];
const BINARY = ['ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei', 'Zi', 'Yi'];

/** Numbers as people read them: Prometheus' functions of alert templates. */
export const HUMANIZE_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  humanize: ofNumber(humanize),
  humanize1024: ofNumber(humanize1024),
  humanizeDuration: ofNumber(humanizeDuration),
  humanizePercentage: ofNumber((value) => `${fourDigits(value * 100)}%`),
  humanizeTimestamp: ofNumber((value) =>
    Number.isFinite(value) ? formatTime(timeOf(value), TIME_STRING_LAYOUT) : fourDigits(value),
  ),
  toTime: fixed(['any'], ([value]) => timeOf(toFloat(value))),
  parseDuration: fixed(['string'], ([duration]) => Number(parsePrometheusDuration(text(duration))) / 1e9),
  now: fixed([], (_args, { timestampNs }) => Number(timestampNs / 1_000_000n) / 1000),
};

function ofNumber(call: (value: number) => Value): TemplateFunction {
  return fixed(['any'], ([value]) => call(toFloat(value)));
}

/** Go's `%.4g`. */
function fourDigits(value: number): string {
  return formatPrintf('%.4g', [value]);
}

function humanize(value: number): string {
  if (value === 0 || !Number.isFinite(value)) return fourDigits(value);
  return Math.abs(value) >= 1 ? scaleDown(value, 1000, LARGE) : scaleUp(value, SMALL);
}

function humanize1024(value: number): string {
  if (Math.abs(value) <= 1 || !Number.isFinite(value)) return fourDigits(value);
  return scaleDown(value, 1024, BINARY);
}

/** With the first prefix under which less than `base` is left, or the last one. */
function scaleDown(value: number, base: number, prefixes: readonly string[]): string {
  let scaled = value;
  let prefix = '';
  for (const next of prefixes) {
    if (Math.abs(scaled) < base) break;
    prefix = next;
    scaled /= base;
  }
  return fourDigits(scaled) + prefix;
}

function scaleUp(value: number, prefixes: readonly string[]): string {
  let scaled = value;
  let prefix = '';
  for (const next of prefixes) {
    if (Math.abs(scaled) >= 1) break;
    prefix = next;
    scaled *= 1000;
  }
  return fourDigits(scaled) + prefix;
}

function humanizeDuration(value: number): string {
  if (!Number.isFinite(value)) return fourDigits(value);
  if (value === 0) return `${fourDigits(value)}s`;
  if (Math.abs(value) < 1) return `${scaleUp(value, SMALL)}s`;
  const sign = value < 0 ? '-' : '';
  const total = Math.trunc(Math.abs(value));
  const [seconds, minutes] = [total % 60, Math.floor(total / 60) % 60];
  const [hours, days] = [Math.floor(total / 3600) % 24, Math.floor(total / 86_400)];
  if (days !== 0) return `${sign}${days}d ${hours}h ${minutes}m ${seconds}s`;
  if (hours !== 0) return `${sign}${hours}h ${minutes}m ${seconds}s`;
  if (minutes !== 0) return `${sign}${minutes}m ${seconds}s`;
  return `${sign}${fourDigits(Math.abs(value))}s`;
}

/** Seconds since the epoch as a time in UTC; milliseconds are kept. */
function timeOf(seconds: number): TimeValue {
  if (!Number.isFinite(seconds)) throw new FunctionError('value is NaN or Inf');
  const nanoseconds = seconds * 1e9;
  if (Math.abs(nanoseconds) > 2 ** 63) {
    throw new FunctionError(
      `${formatGeneral(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64`,
    );
  }
  return { kind: 'Time', ns: (BigInt(Math.trunc(nanoseconds)) / 1_000_000n) * 1_000_000n, zone: 'UTC' };
}
