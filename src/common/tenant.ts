/** The tenant of every request when authentication is off, as in Loki. */
export const SINGLE_TENANT = 'fake';

/** Joins the tenants of a multi-tenant query. No tenant id has it. */
export const TENANT_SEPARATOR = '|';

/**
 * Whether a text stands for a list of tenants, whose answers carry `__tenant_id__`. A list of one (`a|`) is one as well.
 */
export function isTenantList(tenant: string): boolean {
  return tenant.includes(TENANT_SEPARATOR);
}

/** The tenants that a text stands for; empty parts of a list are none. */
export function tenantsIn(tenant: string): readonly string[] {
  return tenant.split(TENANT_SEPARATOR).filter((part) => part !== '');
}
