import { SkaldError } from './errors.ts';

/** The tenant of every request when authentication is off, as in Loki. */
export const SINGLE_TENANT = 'fake';
const LENGTH_MAX = 150;
const UNSUPPORTED = /[^a-zA-Z0-9!\-_.*'()]/u;

/** Returns a valid tenant id; throws SkaldError `bad_request` with Loki's text. Keys of objects are built from it. */
export function validateTenant(tenant: string): string {
  const bad = UNSUPPORTED.exec(tenant);
  if (bad !== null) {
    throw new SkaldError('bad_request', `tenant ID '${tenant}' contains unsupported character '${bad[0]}'`);
  }
  if (tenant.length > LENGTH_MAX)
    throw new SkaldError('bad_request', `tenant ID is too long: max ${LENGTH_MAX} characters`);
  if (tenant === '' || tenant === '.' || tenant === '..') {
    throw new SkaldError('bad_request', 'tenant ID is unsafe: it must not be empty, . or ..');
  }
  return tenant;
}
