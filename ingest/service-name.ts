import type { Labels } from '../src/common/labels.ts';

export const SERVICE_NAME = 'service_name';
const UNKNOWN_SERVICE = 'unknown_service';

/**
 * `labels` with `service_name` (spec fact 197): their own, else the value of the first of `candidates` they have, else
 * `unknown_service`. No candidates switch discovery off.
 */
export function withServiceName(labels: Labels, candidates: readonly string[]): Labels {
  if (candidates.length === 0 || labels.has(SERVICE_NAME)) return labels;
  for (const name of candidates) {
    const value = labels.get(name);
    if (value !== undefined) return labels.with(SERVICE_NAME, value);
  }
  return labels.with(SERVICE_NAME, UNKNOWN_SERVICE);
}
