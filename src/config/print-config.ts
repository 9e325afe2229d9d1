import { stringify } from 'yaml';
import { z } from 'zod';
import { configSchema, type Config } from './schema.ts';
import { printSetting, type SettingUnit } from './settings.ts';

/** The whole configuration as YAML, defaults included, in the form in which it can be read back. */
export function printConfig(config: Config): string {
  return stringify(printed(config, configSchema));
}

/** Any part of it, with the schema that it was read by. */
export function printed(value: unknown, schema: z.core.$ZodType): unknown {
  const unit = z.globalRegistry.get(schema)?.['unit'] as SettingUnit | undefined;
  if (unit !== undefined) return printSetting(value, unit);
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject && typeof value === 'object' && value !== null) {
    const shape = inner.shape as Record<string, z.core.$ZodType>;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, shape[key] === undefined ? item : printed(item, shape[key])]),
    );
  }
  return value;
}

/** The schema below defaults, prefaults and options. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  let at = schema;
  while (
    at instanceof z.ZodDefault ||
    at instanceof z.ZodPrefault ||
    at instanceof z.ZodOptional ||
    at instanceof z.ZodNullable
  ) {
    at = at.unwrap();
  }
  return at;
}
