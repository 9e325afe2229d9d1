import { z } from 'zod';
import { messageOf } from '../common/errors.ts';
import { checkTenant } from '../../storage/objectstore/keys.ts';
import { checkLimits, limitsSchema, type Limits } from './limits.ts';
import { readYaml, refuseConfig, type YamlSource } from './read-yaml.ts';

/** Limits of tenants that have some of their own. */
export type Overrides = ReadonlyMap<string, Limits>;

/** Every limit may be left out, and has no default of its own then: what `limits_config` says holds. */
const overrideSchema = z
  .strictObject(
    Object.fromEntries(Object.entries(limitsSchema.shape).map(([name, setting]) => [name, withoutDefault(setting)])),
  )
  .transform((limits) => limits as Partial<Limits>);

const overridesSchema = z.strictObject({ overrides: z.record(z.string(), overrideSchema.nullable()).nullish() });

function withoutDefault(setting: z.ZodType): z.ZodType {
  const inner = setting instanceof z.ZodDefault || setting instanceof z.ZodPrefault ? setting.unwrap() : setting;
  return (inner as z.ZodType).optional();
}

/** Reads a runtime configuration file (`runtime_config.file`). Throws SkaldError `bad_config`. */
export function readOverrides(source: YamlSource, defaults: Limits): Overrides {
  const { overrides } = readYaml(source, overridesSchema);
  const all = new Map<string, Limits>();
  for (const [tenant, own] of Object.entries(overrides ?? {})) {
    const limits = { ...defaults, ...own };
    try {
      checkTenant(tenant);
      checkLimits(limits);
    } catch (error) {
      refuseConfig([`${source.file ?? 'configuration'}: overrides.${tenant}: ${messageOf(error)}`]);
    }
    all.set(tenant, limits);
  }
  return all;
}
