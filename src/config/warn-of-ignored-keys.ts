import type { Logger } from '../common/telemetry/logger.ts';
import type { IgnoredKey } from './examine-config.ts';

/** One warning for each reason, with all the keys that it is about. */
export function warnOfIgnoredKeys(ignored: readonly IgnoredKey[], logger: Logger): void {
  for (const [reason, keys] of groupByReason(ignored)) {
    const named = keys.map(({ key, place }) => `${key} (${place})`).join(', ');
    logger.warn({ reason, keys: named }, 'keys of Loki without meaning here are ignored');
  }
}

/** The keys of each reason, in the order of the file. */
export function groupByReason(ignored: readonly IgnoredKey[]): Map<string, IgnoredKey[]> {
  const groups = new Map<string, IgnoredKey[]>();
  for (const key of ignored) {
    const group = groups.get(key.reason);
    if (group === undefined) groups.set(key.reason, [key]);
    else group.push(key);
  }
  return groups;
}
