import type { ExaminedConfig, IgnoredKey } from '../config/examine-config.ts';
import { groupByReason } from '../config/warn-of-ignored-keys.ts';

/** What was examined, for a person: what is honoured, what is not and why, what is wrong. */
export function printExaminedConfig({ honoured, ignored, wrong }: ExaminedConfig): string {
  const lines = honoured.map(({ key, place, means }) => `  ${place}: ${key}${means === null ? '' : ` (${means})`}\n`);
  return [
    section('honoured', honoured.length, lines.join('')),
    printIgnoredKeys(ignored),
    section('wrong', wrong.length, wrong.map((text) => `  ${text}\n`).join('')),
  ].join('');
}

/** Keys of Loki without meaning here, by reason. */
export function printIgnoredKeys(ignored: readonly IgnoredKey[]): string {
  const groups = [...groupByReason(ignored)].map(
    ([reason, keys]) => `  ${reason}:\n${keys.map(({ key, place }) => `    ${place}: ${key}\n`).join('')}`,
  );
  return section('ignored', ignored.length, groups.join(''));
}

function section(title: string, count: number, text: string): string {
  return count === 0 ? '' : `${title} (${count}):\n${text}`;
}
