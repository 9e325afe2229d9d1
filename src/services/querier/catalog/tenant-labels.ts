import { compileMatcher } from '../../../common/compiled-matcher.ts';
import type { Labels } from '../../../common/labels.ts';
import type { Matcher } from '../../../common/matcher.ts';
import { tenantsIn } from '../../../common/tenant.ts';

/** The label that says whose entry an entry of a multi-tenant answer is (spec fact 207). */
export const TENANT_LABEL = '__tenant_id__';
/** Where a label of that name which the tenant sent itself is kept. */
export const ORIGINAL_LABEL = `original_${TENANT_LABEL}`;

/** The labels under which a stream of one tenant appears in a multi-tenant answer. */
export function labelsWithTenant(labels: Labels, tenant: string): Labels {
  const own = labels.get(TENANT_LABEL);
  const kept = own === undefined ? labels : labels.with(ORIGINAL_LABEL, own);
  return kept.with(TENANT_LABEL, tenant);
}

/** Part of a multi-tenant question: one tenant and what is asked of its own labels. */
export interface TenantQuestion {
  readonly tenant: string;
  readonly matchers: readonly Matcher[];
}

/** Matchers on `__tenant_id__` choose tenants; the others are asked of each, by the names that the tenant knows. */
export function questionsOf(tenants: string, matchers: readonly Matcher[]): TenantQuestion[] {
  const choosing = matchers.filter(({ name }) => name === TENANT_LABEL).map(compileMatcher);
  const own = matchers
    .filter(({ name }) => name !== TENANT_LABEL)
    .map((matcher) => (matcher.name === ORIGINAL_LABEL ? { ...matcher, name: TENANT_LABEL } : matcher));
  return tenantsIn(tenants)
    .filter((tenant) => choosing.every(({ matches }) => matches(tenant)))
    .map((tenant) => ({ tenant, matchers: own }));
}
