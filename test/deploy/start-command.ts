import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface StartCommand {
  readonly environment: readonly string[];
  /** With its arguments: `node src/bin/skald.mjs`. */
  readonly command: string;
}

/** What `npm start` runs. */
export function startCommand(): StartCommand {
  const manifest = readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8');
  const { start } = (JSON.parse(manifest) as { scripts: { start: string } }).scripts;
  const [, environment = '', command] = /^exec (?:env ((?:\w+=\S* )*))?(node .*)$/.exec(start) ?? [];
  if (command === undefined) throw new Error(`cannot read the start command: ${start}`);
  return { environment: environment.split(' ').filter((text) => text !== ''), command };
}
