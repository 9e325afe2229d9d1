import { Command } from 'commander';
import { examineConfig } from '../../config/examine-config.ts';
import { limitsSchema, resolveLimits } from '../../config/limits.ts';
import { readOverrides } from '../../config/overrides.ts';
import { checkTarget } from '../../modules.ts';
import { readTextFile } from '../read-text-file.ts';
import { runClient } from '../client.ts';
import { printExaminedConfig, printIgnoredKeys } from '../print-config-keys.ts';

interface CheckOptions {
  readonly expandEnv?: boolean;
  readonly overrides?: boolean;
}

/** `skald config`: what needs no server. */
export function configCommand(): Command {
  const check = new Command('check')
    .description(
      'Say which keys of a configuration file are honoured, ignored (and why) or wrong. Ends with 1 if any is.',
    )
    .argument('<file>', 'A configuration file of skald or Loki, YAML.')
    .option('--expand-env', 'Expand ${VAR} and ${VAR:-default}, as -config.expand-env does.')
    .option('--overrides', 'The file is a runtime configuration: limits of tenants.')
    .action(async (file: string, options: CheckOptions) => {
      await runClient(null, async () => {
        const text = await readTextFile(file);
        if (options.overrides === true) checkOverrides(file, text);
        else checkConfig(file, text, options.expandEnv === true);
      });
    });
  return new Command('config').description('Check configuration files.').addCommand(check);
}

function checkConfig(file: string, text: string, expandEnv: boolean): void {
  const examined = examineConfig({ file, text, flags: {}, environment: expandEnv ? process.env : null });
  process.stdout.write(printExaminedConfig(examined));
  if (examined.config === null) process.exitCode = 1;
  else {
    checkTarget(examined.config.target);
    resolveLimits(examined.config.limits_config, examined.config.auth_enabled);
    process.stdout.write('config is valid\n');
  }
}

function checkOverrides(file: string, text: string): void {
  const { overrides, ignored } = readOverrides({ file, text }, resolveLimits(limitsSchema.parse({}), true));
  process.stdout.write(`${printIgnoredKeys(ignored)}limits of ${overrides.size} tenants are valid\n`);
}
