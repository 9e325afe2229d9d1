import type { FastifyRequest } from 'fastify';
import { SkaldError } from '../common/errors.ts';
import { SINGLE_TENANT, validateTenant } from '../common/tenant.ts';

/** The tenant of a request: `X-Scope-OrgID` with authentication on, else always the same one. */
export function tenantOf(request: FastifyRequest, authEnabled: boolean): string {
  if (!authEnabled) return SINGLE_TENANT;
  const header = request.headers['x-scope-orgid'];
  if (typeof header !== 'string' || header === '') throw new SkaldError('unauthorized', 'no org id');
  return validateTenant(header);
}
