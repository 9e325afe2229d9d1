import { CONFIG_FLAGS } from './flags.ts';
import { isRecord } from './is-record.ts';
import { refuseConfig } from './read-yaml.ts';

/** Puts flags, by name, into what was read from a file. Throws SkaldError `bad_config`. */
export function applyFlags(value: unknown, flags: Readonly<Record<string, string | boolean>>): unknown {
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
