import { applyFlags } from './apply-flags.ts';
import { renameLokiKeys } from './loki-keys/aliases.ts';
import type { LokiBlock } from './loki-keys/loki-block.ts';
import { LOKI_KEYS, REMOVED_KEYS } from './loki-keys/loki-keys.ts';
import { separateLokiKeys } from './loki-keys/separate-loki-keys.ts';
import { describeIssues, parseYaml, type YamlSource, type YamlValues } from './read-yaml.ts';
import { shapeOf } from './schema-shape.ts';
import { configSchema, type Config } from './schema.ts';
import type { z } from 'zod';

/** Where a configuration comes from. `flags` are values by flag name, as given on the command line. */
export interface ConfigSource extends YamlSource {
  readonly flags: Readonly<Record<string, string | boolean>>;
  /** Replace `${VAR}`, `${VAR:default}` and `${VAR:-default}` in the text (-config.expand-env). */
  readonly environment: Readonly<Record<string, string | undefined>> | null;
}

/** A key of Loki that has no meaning here. */
export interface IgnoredKey {
  /** With dots: `ingester.lifecycler`. */
  readonly key: string;
  /** `file:line:column` */
  readonly place: string;
  readonly reason: string;
}

export interface HonouredKey {
  readonly key: string;
  readonly place: string;
  /** The key of skald that it means, where that has another name. */
  readonly means: string | null;
}

/** All that can be said about a configuration file. */
export interface ExaminedConfig {
  /** Null where something is wrong. */
  readonly config: Config | null;
  readonly honoured: readonly HonouredKey[];
  readonly ignored: readonly IgnoredKey[];
  /** One text for each mistake, with file, line and column. */
  readonly wrong: readonly string[];
}

/** Reads, merges and validates. Throws SkaldError `bad_config` only for what is not YAML. */
export function examineConfig({ file, text, flags, environment }: ConfigSource): ExaminedConfig {
  const source = parseYaml({ file, text: environment === null ? text : expandEnvironment(text, environment) });
  const root = structuredClone(source.value);
  const renamed = renameLokiKeys(root, configSchema);
  const { value, ignored, wrong } = withoutLokiKeys({ ...source, value: root }, configSchema, LOKI_KEYS);
  const meant = new Map(renamed.map(({ from, to }) => [to.join('.'), from.join('.')]));
  const honoured = leavesOf(value, configSchema, []).map((path) => {
    const key = path.join('.');
    const written = meant.get(key);
    if (written === undefined) return { key, place: source.place(path), means: null };
    return { key: written, place: source.place(written.split('.')), means: key };
  });
  const parsed = configSchema.safeParse(applyFlags(value, flags));
  const problems = parsed.success ? [] : describeIssues(parsed.error.issues, source.place, removedHint);
  const all = [...wrong, ...problems];
  return { config: parsed.success && all.length === 0 ? parsed.data : null, honoured, ignored, wrong: all };
}

/** Takes out of a file what belongs to Loki alone (loki-keys/); `under` is where it stands in the file. */
export function withoutLokiKeys(
  { value, place }: YamlValues,
  schema: z.core.$ZodType,
  table: LokiBlock,
  under: readonly string[] = [],
): { value: unknown; ignored: IgnoredKey[]; wrong: string[] } {
  const separated = separateLokiKeys(value, schema, table, under);
  return {
    value: separated.value,
    ignored: separated.ignored.map(({ path, reason }) => ({ key: path.join('.'), place: place(path), reason })),
    wrong: separated.wrong.map(({ path, message }) =>
      message === 'unknown key'
        ? `${place(path)}: unknown key "${path.join('.')}"${removedHint(path.join('.'))}`
        : `${place(path)}: ${path.join('.')}: ${message}`,
    ),
  };
}

function removedHint(key: string): string {
  const instead = REMOVED_KEYS.get(key);
  if (instead === undefined) return '';
  return instead === '' ? ' (Loki has removed it)' : ` (Loki has removed it: use ${instead})`;
}

/** `${NAME}`, `${NAME:default}` and `${NAME:-default}`; an unset variable without default is empty, as in Loki. */
function expandEnvironment(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::-?([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const value = environment[name];
    return value === undefined || value === '' ? (fallback ?? '') : value;
  });
}

/** The paths of a file that the schema knows, down to its values. */
function leavesOf(value: unknown, schema: z.core.$ZodType, path: readonly string[]): string[][] {
  const shape = shapeOf(schema);
  if (shape === null || typeof value !== 'object' || value === null) return path.length === 0 ? [] : [[...path]];
  return Object.entries(value).flatMap(([name, item]) =>
    Object.hasOwn(shape, name) ? leavesOf(item, shape[name], [...path, name]) : [],
  );
}
