import { SkaldError } from './common/errors.ts';

/** Targets that this version can run. One process holds every component. */
export const TARGETS: Readonly<Record<string, string>> = {
  all: 'distributor, ingester, querier, ruler: everything in one process',
};

/** Checks a `-target` value. Throws SkaldError `bad_config`. */
export function checkTarget(target: string): void {
  for (const name of target.split(',')) {
    if (!Object.hasOwn(TARGETS, name.trim())) {
      throw new SkaldError(
        'bad_config',
        `Cannot run target "${name.trim()}": known targets are ${Object.keys(TARGETS).join(', ')}`,
      );
    }
  }
}
