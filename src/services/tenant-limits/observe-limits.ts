import { Gauge } from 'prom-client';
import { z } from 'zod';
import type { Metrics } from '../../common/telemetry/metrics.ts';
import { limitsSchema, type Limits } from '../../config/limits.ts';
import type { SettingUnit } from '../../config/settings.ts';
import type { TenantLimits } from './tenant-limits.ts';

/** Limits as metrics, as Loki's overrides exporter shows them: numbers only, durations in seconds. */
export function observeLimits(limits: TenantLimits, metrics: Metrics): void {
  const { registry } = metrics;
  new Gauge({
    name: 'loki_overrides',
    help: 'Resource limit overrides applied to tenants.',
    labelNames: ['limit_name', 'user'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [user, own] of limits.overrides) {
        for (const [limit_name, value] of numbersOf(own)) this.set({ limit_name, user }, value);
      }
    },
  });
  new Gauge({
    name: 'loki_overrides_defaults',
    help: 'Default values for resource limit overrides applied to tenants.',
    labelNames: ['limit_name'],
    registers: [registry],
    collect() {
      for (const [limit_name, value] of numbersOf(limits.defaults)) this.set({ limit_name }, value);
    },
  });
  metrics.observe(
    'loki_runtime_config_last_reload_successful',
    'Whether the last runtime-config reload attempt was successful.',
    () => (limits.isCurrent ? 1 : 0),
  );
}

function* numbersOf(limits: Limits): Generator<[name: string, value: number]> {
  const units: Record<string, z.core.$ZodType> = limitsSchema.shape;
  for (const [name, value] of Object.entries(limits)) {
    if (typeof value !== 'number') continue;
    const unit = z.globalRegistry.get(units[name])?.['unit'] as SettingUnit | undefined;
    yield [name, unit === 'duration' ? value / 1000 : value];
  }
}
