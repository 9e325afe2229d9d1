import { z } from 'zod';
import { formatDataSize, parseDataSize } from '../common/data-size.ts';
import { formatPrometheusDuration, parseGoDuration, parsePrometheusDuration } from '../common/duration.ts';
import { messageOf } from '../common/errors.ts';

/**
 * Kinds of settings that people write with units. They are parsed when read, and `unit` in their metadata says how to
 * print them back (print-config.ts).
 */
export type SettingUnit = 'duration' | 'size' | 'secret' | 'url';

const STARS = '********';
/** From the scheme to the `@` before a host. */
const URL_PASSWORD = /(:\/\/[^/?#@:,\s]*:)[^/?#@,\s]*@/g;

const SIZE = { unit: 'size' satisfies SettingUnit };

/** A duration, Prometheus or Go style (`30d1h`, `1.5s`); milliseconds when read. */
export function durationSetting(fallback: string) {
  return z
    .union([z.string(), z.literal(0)])
    .transform((text, context) => attempt(() => durationMs(String(text)), context))
    .default(durationMs(fallback))
    .meta({ unit: 'duration' satisfies SettingUnit });
}

/** A size as Loki writes them (`256KB` is 256 * 1024 bytes); bytes when read. */
export function sizeSetting(fallback: string) {
  return optionalSizeSetting().default(parseDataSize(fallback)).meta(SIZE);
}

/** What nobody may read: it is printed as stars. */
export function secretSetting() {
  return z
    .string()
    .default('')
    .meta({ unit: 'secret' satisfies SettingUnit });
}

/** A URL, or several with commas between them; printed without their passwords. */
export function urlSetting<Schema extends z.ZodType>(schema: Schema) {
  return schema.meta({ unit: 'url' satisfies SettingUnit });
}

/** A size without a default of its own. */
export function optionalSizeSetting() {
  return z
    .union([z.string(), z.number()])
    .transform((text, context) => attempt(() => parseDataSize(String(text)), context))
    .meta(SIZE);
}

/** Names with commas between them, or a list of names. */
export function csvSetting(fallback: string) {
  return z.union([z.string().transform(splitNames), z.array(z.string())]).default(splitNames(fallback));
}

function splitNames(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function attempt(parse: () => number, context: z.core.$RefinementCtx): number {
  try {
    return parse();
  } catch (error) {
    context.issues.push({ code: 'custom', message: messageOf(error), input: context.value });
    return z.NEVER;
  }
}

function durationMs(text: string): number {
  let ns: bigint;
  try {
    ns = parsePrometheusDuration(text);
  } catch (error) {
    try {
      ns = parseGoDuration(text);
    } catch {
      throw error;
    }
  }
  return Number(ns) / 1e6;
}

/** A parsed setting as people write it. */
export function printSetting(value: unknown, unit: SettingUnit | undefined): unknown {
  if (unit === 'secret') return value === '' ? '' : STARS;
  if (unit === 'url' && typeof value === 'string') return value.replaceAll(URL_PASSWORD, `$1${STARS}@`);
  if (typeof value !== 'number') return value;
  if (unit === 'duration') return formatPrometheusDuration(BigInt(Math.round(value * 1e6)));
  if (unit === 'size') return formatDataSize(value);
  return value;
}
