import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { z } from 'zod';
import { isRecord } from './is-record.ts';
import { limitsSchema, type Limits } from './limits.ts';
import { configSchema, type Config } from './schema.ts';
import { unwrapSchema } from './schema-shape.ts';
import { printSetting, type SettingUnit } from './settings.ts';

/** The whole configuration as YAML, defaults included, in the form in which it can be read back. */
export function printConfig(config: Config): string {
  return stringify(printed(config, configSchema));
}

/** What differs from the defaults, as YAML. */
export function printChanges(config: Config): string {
  const defaults = printed(configSchema.parse({}), configSchema);
  return stringify(changes(printed(config, configSchema), defaults) ?? {});
}

/** Any plain value as YAML, lists at the indentation of their key. */
export function printYaml(value: unknown): string {
  return stringify(value, { indentSeq: false });
}

/** All limits of a tenant by name, with units as people write them. */
export function printedLimits(limits: Limits): Record<string, unknown> {
  return printed(limits, limitsSchema) as Record<string, unknown>;
}

/** The members of `value` that are not those of `defaults`, or undefined when there is none. */
function changes(value: unknown, defaults: unknown): unknown {
  if (!isRecord(value) || !isRecord(defaults)) return isDeepStrictEqual(value, defaults) ? undefined : value;
  const entries = Object.entries(value)
    .map(([key, item]) => [key, changes(item, defaults[key])] as const)
    .filter(([, item]) => item !== undefined);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Any part of it, with the schema that it was read by. */
export function printed(value: unknown, schema: z.core.$ZodType): unknown {
  const unit = z.globalRegistry.get(schema)?.['unit'] as SettingUnit | undefined;
  if (unit !== undefined) return printSetting(value, unit);
  const inner = unwrapSchema(schema);
  if (inner instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    const shape = inner.shape as Record<string, z.core.$ZodType>;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, shape[key] === undefined ? item : printed(item, shape[key])]),
    );
  }
  if (inner instanceof z.ZodRecord && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, printed(item, inner.valueType)]));
  }
  return value;
}
