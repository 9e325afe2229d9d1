/** What the value of a key of Loki must be. `text` is any scalar; `any` is not looked into. */
export type LokiKind = 'boolean' | 'number' | 'duration' | 'size' | 'text' | 'list' | 'map' | 'any';

/** A key of Loki's configuration that is a value. */
export interface LokiValue {
  readonly kind: LokiKind;
  /** Why it has no meaning here; null: what its block says. */
  readonly reason: string | null;
}

/** A key of Loki's configuration with keys below it. */
export interface LokiBlock {
  readonly keys: Readonly<Record<string, LokiKey>>;
  /** A list of such blocks, or a map with names of the user's own; a single block otherwise. */
  readonly many: 'list' | 'map' | null;
  readonly reason: string | null;
}

export type LokiKey = LokiValue | LokiBlock;
type Keys = Readonly<Record<string, LokiKey>>;

export function isBlock(key: LokiKey): key is LokiBlock {
  return 'keys' in key;
}

export function block(keys: Keys, reason: string | null = null): LokiBlock {
  return { keys, many: null, reason };
}

export function listOf({ keys }: LokiBlock): LokiBlock {
  return { keys, many: 'list', reason: null };
}

export function mapOf({ keys }: LokiBlock): LokiBlock {
  return { keys, many: 'map', reason: null };
}

/** The same keys, with a reason for those that have none of their own. */
export function because(reason: string, keys: Keys): Keys {
  return Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [name, key.reason === null ? { ...key, reason } : key]),
  );
}

/** Values of one kind, by their names with spaces between them. */
const valuesOf =
  (kind: LokiKind) =>
  (names: string): Keys =>
    Object.fromEntries(names.split(/\s+/).map((name) => [name, { kind, reason: null }]));

export const booleans = valuesOf('boolean');
export const numbers = valuesOf('number');
export const durations = valuesOf('duration');
export const sizes = valuesOf('size');
export const texts = valuesOf('text');
export const lists = valuesOf('list');
export const maps = valuesOf('map');
export const anything = valuesOf('any');
