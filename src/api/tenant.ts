import type { FastifyRequest } from 'fastify';
import { SkaldError } from '../common/errors.ts';
import { isTenantList, SINGLE_TENANT, TENANT_SEPARATOR, tenantsIn } from '../common/tenant.ts';
import { compareUtf8 } from '../common/utf8.ts';
import { checkTenant } from '../../storage/objectstore/keys.ts';
import type { ApiContext } from './context.ts';

/**
 * The one tenant of a request: `X-Scope-OrgID` with authentication on, else always the same one. Routes that can answer
 * for several tenants use `queryTenantOf`. Errors: `unauthorized` without a tenant, `bad_request` for a wrong one.
 */
export function tenantOf(request: FastifyRequest, authEnabled: boolean): string {
  return onlyTenant(requestTenants(request, authEnabled));
}

/** As `tenantOf`, for the text of a header that came another way. */
export function headerTenantOf(header: string | undefined, authEnabled: boolean): string {
  return onlyTenant(tenantsOfHeader(header, authEnabled));
}

function onlyTenant(tenants: string): string {
  if (isTenantList(tenants)) throw new SkaldError('bad_request', 'multiple org IDs present');
  return tenants;
}

/** The tenant of a query, or the list of its tenants (src/common/tenant.ts). */
export function queryTenantOf(request: FastifyRequest, { config }: ApiContext): string {
  if (!config.querier.multi_tenant_queries_enabled) return tenantOf(request, config.auth_enabled);
  return requestTenants(request, config.auth_enabled);
}

function requestTenants(request: FastifyRequest, authEnabled: boolean): string {
  const header = request.headers['x-scope-orgid'];
  return tenantsOfHeader(typeof header === 'string' ? header : undefined, authEnabled);
}

function tenantsOfHeader(header: string | undefined, authEnabled: boolean): string {
  if (!authEnabled) return SINGLE_TENANT;
  if (header === undefined) throw new SkaldError('unauthorized', 'no org id');
  // Node reads header bytes as Latin-1.
  return canonicalTenants(Buffer.from(header, 'latin1').toString('utf8'));
}

/** A list is sorted and has every tenant once; `a|` stays a list. Errors: see `tenantOf`. */
export function canonicalTenants(text: string): string {
  const tenants = [...new Set(tenantsIn(text))].sort(compareUtf8);
  const [first] = tenants;
  if (first === undefined) throw new SkaldError('unauthorized', 'no org id');
  for (const tenant of tenants) checkTenant(tenant);
  if (!isTenantList(text)) return first;
  return tenants.length === 1 ? first + TENANT_SEPARATOR : tenants.join(TENANT_SEPARATOR);
}
