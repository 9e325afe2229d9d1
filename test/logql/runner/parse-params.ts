import { parseGoDuration } from '../../../src/common/duration.ts';
import type { QueryParams } from '../../../planner/logical/query-params.ts';
import { EPOCH_NS } from './script.ts';

const RANGE = /^(.+)\.\.(.+)$/;
const DEFAULTS: QueryParams = {
  startNs: EPOCH_NS,
  endNs: EPOCH_NS + 60_000_000_000n,
  stepNs: 60_000_000_000n,
  limit: 100,
  direction: 'backward',
  intervalNs: 0n,
  instant: false,
};

/**
 * Parameters of a block's header, and its other words: `0s..60s`, `at 60s`, `step 30s`, `limit 10`, `interval 5s`,
 * `forward`, `backward`. What is not said is `0s..60s step 60s limit 100 backward`.
 */
export function parseParams(header: readonly string[]): { readonly words: string[]; readonly params: QueryParams } {
  const words: string[] = [];
  const params: { -readonly [Key in keyof QueryParams]: QueryParams[Key] } = { ...DEFAULTS };
  const rest = [...header];
  const duration = (): bigint => parseGoDuration(rest.shift() ?? '');
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const range = RANGE.exec(word);
    if (range !== null) {
      params.startNs = EPOCH_NS + parseGoDuration(range[1]);
      params.endNs = EPOCH_NS + parseGoDuration(range[2]);
    } else if (word === 'at') {
      params.instant = true;
      params.startNs = params.endNs = EPOCH_NS + duration();
      params.stepNs = 0n;
    } else if (word === 'step') params.stepNs = duration();
    else if (word === 'interval') params.intervalNs = duration();
    else if (word === 'limit') params.limit = Number(rest.shift());
    else if (word === 'forward' || word === 'backward') params.direction = word;
    else words.push(word);
  }
  return { words, params };
}
