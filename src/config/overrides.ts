import { z } from 'zod';
import { messageOf } from '../common/errors.ts';
import { checkTenant } from '../../storage/objectstore/keys.ts';
import { checkLimits, limitsSchema, type Limits } from './limits.ts';
import { withoutLokiKeys, type IgnoredKey } from './examine-config.ts';
import { LIMITS_CONFIG } from './loki-keys/limits-keys.ts';
import { anything, block } from './loki-keys/loki-block.ts';
import { INDEX_ATTRIBUTES, withDefaultLabels } from './otlp-config.ts';
import { describeIssues, parseYaml, refuseConfig, type YamlSource } from './read-yaml.ts';

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

/** What else Loki reads from that file. */
const RUNTIME_KEYS = block(anything('overrides configs multi_kv_config'), 'only limits can change while skald runs');

export interface ReadOverrides {
  readonly overrides: Overrides;
  readonly ignored: readonly IgnoredKey[];
}

/** Reads a runtime configuration file (`runtime_config.file`). Throws SkaldError `bad_config`. */
export function readOverrides(
  source: YamlSource,
  defaults: Limits,
  otlpLabels: readonly string[] = INDEX_ATTRIBUTES,
): ReadOverrides {
  const { written, ignored } = readFile(source);
  const all = new Map<string, Limits>();
  for (const [tenant, own] of Object.entries(written.overrides ?? {})) {
    const otlp = own?.otlp_config === undefined ? {} : { otlp_config: withDefaultLabels(own.otlp_config, otlpLabels) };
    const limits = { ...defaults, ...own, ...otlp };
    try {
      checkTenant(tenant);
      checkLimits(limits);
    } catch (error) {
      refuseConfig([`${source.file ?? 'configuration'}: overrides.${tenant}: ${messageOf(error)}`]);
    }
    all.set(tenant, limits);
  }
  return { overrides: all, ignored };
}

/** Limits of Loki that have no effect here are told, not refused. */
function readFile(source: YamlSource) {
  const values = parseYaml(source);
  const top = withoutLokiKeys(values, overridesSchema, RUNTIME_KEYS);
  const ignored = [...top.ignored];
  const wrong = [...top.wrong];
  const root = top.value as { overrides?: Record<string, unknown> };
  if (typeof root.overrides === 'object') {
    for (const [tenant, limits] of Object.entries(root.overrides)) {
      const own = withoutLokiKeys({ ...values, value: limits }, limitsSchema, LIMITS_CONFIG, ['overrides', tenant]);
      root.overrides[tenant] = own.value;
      ignored.push(...own.ignored);
      wrong.push(...own.wrong);
    }
  }
  const parsed = overridesSchema.safeParse(root);
  if (!parsed.success || wrong.length > 0) {
    refuseConfig([...wrong, ...(parsed.success ? [] : describeIssues(parsed.error.issues, values.place))]);
  }
  return { written: parsed.data, ignored };
}
