import { examineConfig, type ConfigSource, type IgnoredKey } from './examine-config.ts';
import { refuseConfig } from './read-yaml.ts';
import type { Config } from './schema.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** Keys of Loki without meaning here, for whoever starts the server to say so. */
  readonly ignored: readonly IgnoredKey[];
}

/** Reads, merges and validates. Throws SkaldError `bad_config` naming every mistake with file, line and column. */
export function loadConfig(source: ConfigSource): LoadedConfig {
  const { config, ignored, wrong } = examineConfig(source);
  if (config === null) return refuseConfig(wrong);
  return { config, ignored };
}
