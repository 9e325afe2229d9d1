import type { z } from 'zod';
import { isRecord } from '../is-record.ts';
import { recordValueOf, shapeOf } from '../schema-shape.ts';
import { isOfKind } from './kind-of-value.ts';
import { isBlock, type LokiBlock, type LokiKey } from './loki-block.ts';
import { OTHER_VALUES } from './other-values.ts';

/** A key that Loki knows and skald does not. `path` is that of the outermost such key. */
export interface IgnoredPath {
  readonly path: readonly string[];
  readonly reason: string;
}

export interface SeparatedKeys {
  /** What is left for skald's own schema; keys that nobody knows are still in it. */
  readonly value: unknown;
  readonly ignored: readonly IgnoredPath[];
  /** Values and keys of ignored blocks that Loki would not take either. */
  readonly wrong: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/**
 * Takes out of a configuration what belongs to Loki alone. What `schema` knows stays, whatever the table of Loki's keys
 * says about it: the table is for the rest.
 */
export function separateLokiKeys(
  value: unknown,
  schema: z.core.$ZodType,
  table: LokiBlock,
  path: readonly string[] = [],
): SeparatedKeys {
  const separator = new Separator();
  return { value: separator.separate(value, schema, table, { path, reason: null }), ...separator };
}

interface Place {
  readonly path: readonly string[];
  readonly reason: string | null;
}

class Separator {
  readonly ignored: IgnoredPath[] = [];
  readonly wrong: { path: readonly string[]; message: string }[] = [];

  separate(value: unknown, schema: z.core.$ZodType, table: LokiBlock, { path, reason }: Place): unknown {
    if (!isRecord(value)) return value;
    const item = table.many === 'map' ? recordValueOf(schema) : null;
    if (item !== null) {
      const single = { ...table, many: null };
      return Object.fromEntries(
        Object.entries(value).map(([name, own]) => [
          name,
          this.separate(own, item, single, { path: [...path, name], reason }),
        ]),
      );
    }
    const shape = shapeOf(schema);
    if (shape === null) return value;
    const kept: Record<string, unknown> = {};
    for (const [name, item] of Object.entries(value)) {
      const place = { path: [...path, name], reason: table.reason ?? reason };
      const own = Object.hasOwn(shape, name) ? shape[name] : undefined;
      const key = Object.hasOwn(table.keys, name) ? table.keys[name] : undefined;
      if (own !== undefined) {
        // A key without a value leaves the default as it is.
        if (item !== null && !this.#isOtherValue(place.path, item, own)) {
          kept[name] = key !== undefined && isBlock(key) ? this.separate(item, own, key, place) : item;
        }
      } else if (key === undefined) kept[name] = item;
      else {
        this.ignored.push({ path: place.path, reason: key.reason ?? place.reason ?? 'it has no meaning here' });
        this.#check(item, key, place.path);
      }
    }
    return kept;
  }

  /** A value that Loki takes for a key that skald has, but with other values. */
  #isOtherValue(path: readonly string[], item: unknown, own: z.core.$ZodType): boolean {
    const other = OTHER_VALUES.get(path.join('.'));
    if (other === undefined || !other.values.includes(String(item))) return false;
    if ((own as z.ZodType).safeParse(item).success) return false;
    this.ignored.push({ path, reason: `"${String(item)}": ${other.reason}` });
    return true;
  }

  /** Whether Loki would take an ignored value. */
  #check(value: unknown, key: LokiKey, path: readonly string[]): void {
    if (!isBlock(key)) {
      if (!isOfKind(value, key.kind)) this.wrong.push({ path, message: `expected a ${key.kind}` });
      return;
    }
    if (value === null) return;
    if (key.many === 'list') {
      if (!Array.isArray(value)) this.wrong.push({ path, message: 'expected a list' });
      else for (const [i, item] of value.entries()) this.#checkBlock(item, key, [...path, String(i)]);
    } else if (key.many === 'map') {
      if (!isRecord(value)) this.wrong.push({ path, message: 'expected a map' });
      else for (const [name, item] of Object.entries(value)) this.#checkBlock(item, key, [...path, name]);
    } else this.#checkBlock(value, key, path);
  }

  #checkBlock(value: unknown, block: LokiBlock, path: readonly string[]): void {
    if (value === null) return;
    if (!isRecord(value)) {
      this.wrong.push({ path, message: 'expected a map' });
      return;
    }
    for (const [name, item] of Object.entries(value)) {
      const below = [...path, name];
      const key = Object.hasOwn(block.keys, name) ? block.keys[name] : undefined;
      if (key === undefined) this.wrong.push({ path: below, message: 'unknown key' });
      else this.#check(item, key, below);
    }
  }
}
