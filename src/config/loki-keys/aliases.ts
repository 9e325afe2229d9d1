import { isRecord } from '../is-record.ts';
import { shapeOf } from '../schema-shape.ts';
import type { z } from 'zod';

/** Keys of Loki whose meaning skald has under another name. What is written under skald's own name wins. */
const ALIASES: readonly { readonly from: string; readonly to: string }[] = [
  { from: 'storage_config.filesystem.directory', to: 'common.storage.filesystem.chunks_directory' },
  { from: 'ingester.wal.flush_on_shutdown', to: 'ingester.flush_on_shutdown' },
  { from: 'limits_config.per_tenant_override_config', to: 'runtime_config.file' },
  { from: 'limits_config.per_tenant_override_period', to: 'runtime_config.period' },
  { from: 'ruler_storage.backend', to: 'ruler.storage.type' },
  { from: 'ruler_storage.local.directory', to: 'ruler.storage.local.directory' },
  { from: 'ruler_storage.filesystem.dir', to: 'ruler.storage.filesystem.dir' },
  { from: 'common.storage.filesystem.rules_directory', to: 'ruler.storage.local.directory' },
];

export interface RenamedKey {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Moves values to the names that `schema` has for them. Changes `value`. */
export function renameLokiKeys(value: unknown, schema: z.core.$ZodType): RenamedKey[] {
  const renamed: RenamedKey[] = [];
  for (const alias of ALIASES) {
    const from = alias.from.split('.');
    const to = alias.to.split('.');
    if (isKnown(schema, from) || !isKnown(schema, to) || readPath(value, to) !== undefined) continue;
    const item = readPath(value, from);
    if (item === undefined || item === null) continue;
    if (!writePath(value, to, item)) continue;
    removePath(value, from);
    renamed.push({ from, to });
  }
  return renamed;
}

function isKnown(schema: z.core.$ZodType, path: readonly string[]): boolean {
  let at: z.core.$ZodType | undefined = schema;
  for (const name of path) {
    const shape: ReturnType<typeof shapeOf> = at === undefined ? null : shapeOf(at);
    if (shape === null || !Object.hasOwn(shape, name)) return false;
    at = shape[name];
  }
  return true;
}

function readPath(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (!isRecord(at)) return undefined;
    at = at[name];
  }
  return at;
}

/** False where something else than a map stands in the way. */
function writePath(value: unknown, path: readonly string[], item: unknown): boolean {
  let at = value;
  for (const name of path.slice(0, -1)) {
    if (!isRecord(at)) return false;
    at[name] ??= {};
    at = at[name];
  }
  if (!isRecord(at)) return false;
  at[path.at(-1) as string] = item;
  return true;
}

/** Blocks that are empty afterwards go too: nothing of them is left to be said. */
function removePath(value: unknown, path: readonly string[]): void {
  const parent = readPath(value, path.slice(0, -1));
  const last = path.at(-1);
  if (!isRecord(parent) || last === undefined) return;
  delete parent[last];
  if (Object.keys(parent).length === 0 && path.length > 1) removePath(value, path.slice(0, -1));
}
