import { parseIpRange } from '../../src/common/ip-range.ts';
import { reasonOf } from './reason.ts';

/** Why `pattern` is no address, network or range of addresses (fact 107); null if it is one. */
export function reasonAgainstIpPattern(pattern: string): string | null {
  return reasonOf(() => parseIpRange(pattern));
}
