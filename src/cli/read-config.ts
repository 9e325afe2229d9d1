import { nodeRuntime } from '../common/node-runtime.ts';
import { loadConfig, type LoadedConfig } from '../config/config.ts';
import { CONFIG_FLAGS } from '../config/flags.ts';
import { checkTarget } from '../modules.ts';
import { readTextFile } from './read-text-file.ts';

/** Flags of the server as commander names them. */
export type Flags = Readonly<Record<string, string | boolean>>;

/** A flag without a value, or with Go's `=true`. */
export function isOn(flag: string | boolean | undefined): boolean {
  return flag === true || flag === 'true';
}

/** The configuration that the flags and the file they name give. Throws `bad_config` and `not_found`. */
export async function readConfig(flags: Flags): Promise<LoadedConfig> {
  const loaded = loadConfig({
    ...(await readConfigFile(flags['config.file'])),
    flags: byFlagName(flags),
    environment: isOn(flags['config.expandEnv']) ? process.env : null,
  });
  checkTarget(loaded.config.target);
  return loaded;
}

/** The first file of the list that exists; without a list no file at all. */
async function readConfigFile(list: string | boolean | undefined): Promise<{ file: string | null; text: string }> {
  if (typeof list !== 'string') return { file: null, text: '' };
  const files = list.split(',').map((file) => file.trim());
  for (const file of files.slice(0, -1)) {
    if ((await nodeRuntime.files.sizeOf(file)) !== null) return { file, text: await readTextFile(file) };
  }
  const file = files.at(-1) ?? '';
  return { file, text: await readTextFile(file) };
}

/** commander names `--server.http-listen-port` `server.httpListenPort`. */
function byFlagName(flags: Flags): Record<string, string | boolean> {
  const named: Record<string, string | boolean> = {};
  for (const { name } of CONFIG_FLAGS) {
    const value = flags[name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())];
    if (value !== undefined) named[name] = value;
  }
  return named;
}
