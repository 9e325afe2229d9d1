import { z } from 'zod';
import { isRegexp } from './is-regexp.ts';

/** Resource attributes that are index labels unless somebody says otherwise (features section 4, OTLP → labels). */
export const INDEX_ATTRIBUTES: readonly string[] = [
  ...['service.name', 'service.namespace', 'service.instance.id', 'deployment.environment'],
  ...['deployment.environment.name', 'cloud.region', 'cloud.availability_zone', 'k8s.cluster.name'],
  ...['k8s.namespace.name', 'k8s.pod.name', 'k8s.container.name', 'container.name', 'k8s.replicaset.name'],
  ...['k8s.deployment.name', 'k8s.statefulset.name', 'k8s.daemonset.name', 'k8s.cronjob.name', 'k8s.job.name'],
];

/** What becomes of the attributes that are named, or whose whole name the expression matches. */
const attributesSchema = z
  .strictObject({
    action: z.enum(['index_label', 'structured_metadata', 'drop']),
    attributes: z.array(z.string()).optional(),
    regex: z.string().optional(),
  })
  .refine(({ attributes, regex }) => (attributes ?? []).length > 0 !== ((regex ?? '') !== ''), {
    error: 'either attributes or regex must be set',
  })
  .refine(({ regex }) => regex === undefined || isRegexp(regex), { error: 'regex is not a regular expression' });

const withoutLabels = z
  .array(
    attributesSchema.refine(({ action }) => action !== 'index_label', {
      error: 'index_label is not supported for scope attributes',
    }),
  )
  .default([]);

/** `limits_config.otlp_config`: what becomes of the attributes of OTLP logs; what nothing names is structured metadata. */
export const otlpConfigSchema = z
  .strictObject({
    resource_attributes: z
      .strictObject({
        /** Without the default index labels. */
        ignore_defaults: z.boolean().default(false),
        attributes_config: z.array(attributesSchema).default([]),
      })
      .prefault({}),
    scope_attributes: withoutLabels,
    log_attributes: z.array(attributesSchema).default([]),
    severity_text_as_label: z.boolean().default(false),
  })
  .prefault({});

/** `distributor.otlp_config`: the default index labels of all tenants. */
export const otlpDefaultsSchema = z
  .strictObject({ default_resource_attributes_as_index_labels: z.array(z.string()).default([...INDEX_ATTRIBUTES]) })
  .prefault({});

export type OtlpConfig = z.output<typeof otlpConfigSchema>;

/** The configuration with the default index labels in it, before the tenant's own rules: the first that fits counts. */
export function withDefaultLabels(config: OtlpConfig, defaults: readonly string[]): OtlpConfig {
  const { ignore_defaults, attributes_config } = config.resource_attributes;
  if (ignore_defaults || defaults.length === 0) return config;
  const labels = { action: 'index_label' as const, attributes: [...defaults] };
  return { ...config, resource_attributes: { ignore_defaults, attributes_config: [labels, ...attributes_config] } };
}
