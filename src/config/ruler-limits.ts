import { z } from 'zod';
import { relabelSchema } from './relabel-schema.ts';
import { alertmanagerClientSchema } from './ruler-schema.ts';
import { durationSetting, urlSetting } from './settings.ts';

const count = z.number().int().min(0).default(0);

/** Limits of the rules of a tenant under Loki's names; 0 is without limit. */
export const rulerLimits = {
  ruler_max_rules_per_rule_group: count,
  ruler_max_rule_groups_per_tenant: count,
  /**
   * How old an evaluation may be that entries which came after it change: it is then run again (docs/ruler.md). 0: none
   * is, as in Loki. What is late by seconds, as with every agent, is better waited for: `query_offset` of the group.
   */
  ruler_late_data_grace_period: durationSetting('0s'),
  /** What the tenant's rules record is not sent. */
  ruler_remote_write_disabled: z.boolean().default(false),
  /** Where alerts of the tenant go, in place of what `ruler` says. Its URLs must be public (`ruler.allowed_private_ranges`). */
  ruler_alertmanager_config: z
    .strictObject({
      alertmanager_url: urlSetting(z.string().default('')),
      alert_relabel_configs: z.array(relabelSchema).default([]),
      alertmanager_client: alertmanagerClientSchema.prefault({}),
      notification_queue_capacity: z.number().int().min(1).default(10_000),
      notification_timeout: durationSetting('10s'),
    })
    .nullable()
    .default(null),
};
