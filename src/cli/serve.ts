import { Option } from 'commander';
import { messageOf } from '../common/errors.ts';
import { nodeRuntime } from '../common/node-runtime.ts';
import { CONFIG_FLAGS } from '../config/flags.ts';
import { printConfig, printed } from '../config/print-config.ts';
import { configSchema } from '../config/schema.ts';
import { printIgnoredKeys } from './print-config-keys.ts';
import { type Flags, isOn, readConfig } from './read-config.ts';
import { TARGETS } from '../modules.ts';
import { VERSION } from '../version.ts';

/** Options of the server: those that set configuration keys, and those that ask for something else. */
export function serverOptions(): Option[] {
  const defaults = printed(configSchema.parse({}), configSchema);
  const configOptions = CONFIG_FLAGS.map(({ name, path, type, help }) => {
    const value = path.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], defaults);
    const shown = value === '' ? '' : ` (default ${value as string | number | boolean})`;
    return new Option(type === 'boolean' ? `--${name} [bool]` : `--${name} <value>`, `${help}${shown}`);
  });
  return [
    new Option('--config.file <files>', 'Configuration file, YAML; of several, by commas, the first that exists.'),
    new Option('--config.expand-env [bool]', 'Expand ${VAR} and ${VAR:-default} in the configuration file.'),
    new Option('--verify-config [bool]', 'Check the configuration, then exit.'),
    new Option('--print-config-stderr [bool]', 'Print the whole configuration to standard error at start.'),
    new Option('--list-targets [bool]', 'List the targets, then exit.'),
    new Option('--version [bool]', 'Print the version, then exit.'),
    ...configOptions,
  ];
}

/** Runs the server until it is told to stop. Returns the exit code. */
export async function runServer(flags: Flags): Promise<number> {
  if (isOn(flags['version'])) return say(`skald, version ${VERSION}`);
  if (isOn(flags['listTargets'])) {
    return say(
      Object.entries(TARGETS)
        .map(([name, what]) => `${name}: ${what}`)
        .join('\n'),
    );
  }
  try {
    const { config, ignored } = await readConfig(flags);
    if (isOn(flags['printConfigStderr'])) process.stderr.write(`---\n# skald ${VERSION}\n${printConfig(config)}\n`);
    if (isOn(flags['verifyConfig'])) {
      process.stderr.write(printIgnoredKeys(ignored));
      return say('config is valid');
    }
    // The engine is loaded only when a server runs: clients start faster without it.
    const { startServer } = await import('../server.ts');
    const server = await startServer({
      config,
      ignoredKeys: ignored,
      runtime: nodeRuntime,
      writeLog: (line) => void process.stderr.write(line),
    });
    await Promise.race([stopSignal(), server.stopRequested]);
    await server.stop();
    return 0;
  } catch (error) {
    process.stderr.write(`skald: ${messageOf(error)}\n`);
    return 1;
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
async function stopSignal(): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(1));
        resolve();
      });
    }
  });
}
