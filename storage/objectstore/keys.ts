import { SkaldError } from '../../src/common/errors.ts';

/** Longest tenant id, as in Loki. */
export const TENANT_LENGTH_MAX = 150;
/** Longest object key; what S3 allows. */
export const KEY_LENGTH_MAX = 1024;

/** The characters that S3 calls safe, and Loki allows in tenant ids. */
const COMPONENT = /^[A-Za-z0-9!_.*'()-]+$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;

/** Throws `bad_request` unless `tenant` may be a component of an object key. */
export function checkTenant(tenant: string): void {
  if (tenant.length === 0) throw new SkaldError('bad_request', 'no org id');
  if (tenant.length > TENANT_LENGTH_MAX) {
    throw new SkaldError('bad_request', `tenant ID is too long: max ${TENANT_LENGTH_MAX} characters`);
  }
  if (tenant === '.' || tenant === '..') throw new SkaldError('bad_request', `tenant ID is '.' or '..'`);
  const illegal = [...tenant].find((char) => !COMPONENT.test(char));
  if (illegal !== undefined) {
    throw new SkaldError('bad_request', `tenant ID '${tenant}' contains unsupported character '${illegal}'`);
  }
}

/** Throws `bad_request` unless `key` is a legal object key (object-store.ts says which are). */
export function checkKey(key: string): void {
  const legal = key.length <= KEY_LENGTH_MAX && !key.endsWith('.tmp') && key.split('/').every(isComponent);
  if (!legal)
    throw new SkaldError('bad_request', `Cannot use ${JSON.stringify(key)} as an object key: it is not legal`);
}

/** Throws `bad_request` unless `prefix` is empty or names folders: `a/` or `a/b/`. */
export function checkPrefix(prefix: string): void {
  if (prefix === '') return;
  const legal =
    prefix.length <= KEY_LENGTH_MAX && prefix.endsWith('/') && prefix.slice(0, -1).split('/').every(isComponent);
  if (!legal) throw new SkaldError('bad_request', `Cannot list ${JSON.stringify(prefix)}: it is not a legal prefix`);
}

function isComponent(component: string): boolean {
  return COMPONENT.test(component) && component !== '.' && component !== '..';
}

/** `<tenant>/` */
export function tenantPrefix(tenant: string): string {
  checkTenant(tenant);
  return `${tenant}/`;
}

/** `<tenant>/<day>/index/` */
export function indexPrefix(tenant: string, day: string): string {
  checkTenant(tenant);
  checkDay(day);
  return `${tenant}/${day}/index/`;
}

/** `<tenant>/<day>/index/<ulid>`: the commit record of a chunk. */
export function indexKey(tenant: string, day: string, id: string): string {
  checkId(id);
  return `${indexPrefix(tenant, day)}${id}`;
}

/** `<tenant>/<day>/chunk/<ulid>.arrow` */
export function chunkKey(tenant: string, day: string, id: string): string {
  checkTenant(tenant);
  checkDay(day);
  checkId(id);
  return `${tenant}/${day}/chunk/${id}.arrow`;
}

/** Whether a folder name is a UTC day as in keys; other folders of a tenant belong to others. */
export function isDay(name: string): boolean {
  return DAY.test(name);
}

function checkDay(day: string): void {
  if (!DAY.test(day))
    throw new SkaldError('bad_request', `Cannot build an object key: "${day}" is not a day (YYYY-MM-DD)`);
}

function checkId(id: string): void {
  if (!ULID.test(id)) throw new SkaldError('bad_request', `Cannot build an object key: "${id}" is not a ULID`);
}
