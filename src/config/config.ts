import { CONFIG_FLAGS } from './flags.ts';
import { readYaml, refuseConfig, type YamlSource } from './read-yaml.ts';
import { configSchema, type Config } from './schema.ts';

/** Where a configuration comes from. `flags` are values by flag name, as given on the command line. */
export interface ConfigSource extends YamlSource {
  readonly flags: Readonly<Record<string, string | boolean>>;
  /** Replace `${VAR}` and `${VAR:default}` in the text (-config.expand-env). */
  readonly environment: Readonly<Record<string, string | undefined>> | null;
}

/** Reads, merges and validates. Throws SkaldError `bad_config` naming every mistake with file, line and column. */
export function loadConfig({ file, text, flags, environment }: ConfigSource): Config {
  const expanded = environment === null ? text : expandEnvironment(text, environment);
  return readYaml({ file, text: expanded }, configSchema, (value) => applyFlags(value, flags));
}

/** `${NAME}` and `${NAME:default}`; an unset variable without default is empty, as in Loki. */
function expandEnvironment(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::([^}]*))?\}/g, (_, name: string, fallback: string | undefined) => {
    const value = environment[name];
    return value === undefined || value === '' ? (fallback ?? '') : value;
  });
}

function applyFlags(value: unknown, flags: ConfigSource['flags']): unknown {
  if (!isRecord(value)) return value;
  const root = structuredClone(value);
  for (const { name, path, type } of CONFIG_FLAGS) {
    const given = flags[name];
    if (given === undefined) continue;
    let at = root;
    for (const key of path.slice(0, -1)) {
      const next = at[key];
      const child: Record<string, unknown> = isRecord(next) ? next : {};
      at[key] = child;
      at = child;
    }
    at[path.at(-1) as string] = flagValue(name, type, given);
  }
  return root;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function flagValue(name: string, type: 'string' | 'number' | 'boolean', given: string | boolean): unknown {
  if (type === 'string') return String(given);
  if (type === 'boolean') {
    if (given === true || given === 'true') return true;
    if (given === false || given === 'false') return false;
    return refuseConfig([`flag -${name}: "${given}" is not true or false`]);
  }
  if (!/^\d+$/.test(String(given))) return refuseConfig([`flag -${name}: "${given}" is not a number`]);
  return Number(given);
}
