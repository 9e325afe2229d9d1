import { SkaldError } from '../../../common/errors.ts';
import { IP_WORDS, parseIp } from '../../../common/ip.ts';
import { ipRangeContains, parseIpRange, type IpRange } from '../../../common/ip-range.ts';
import { encodeUtf8 } from '../../../common/utf8.ts';

/** Which addresses a connection may go to. Throws SkaldError `bad_config` for one that it may not. */
export type AddressPolicy = (address: string) => void;

/** Destinations that the operator wrote into the configuration. */
export const ANY_ADDRESS: AddressPolicy = () => undefined;

/** Networks that are not the public internet (IANA's special-purpose registries): inner services live here. */
const INNER: readonly IpRange[] = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4'],
  ...['::/127', '64:ff9b:1::/48', '100::/64', '100:0:0:1::/64', '2001::/23', '2001:db8::/32', '3fff::/20'],
  ...['5f00::/16', 'fc00::/7', 'fe80::/10', 'fec0::/10', 'ff00::/8'],
].map(parseIpRange);

/** Prefixes of IPv6 whose last four bytes are the IPv4 address that the connection ends at. */
const EMBEDDED_IPV4: readonly IpRange[] = ['::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '::/96'].map(
  parseIpRange,
);
/** The IPv4 address is the second and third group. */
const SIX_TO_FOUR = parseIpRange('2002::/16');

/**
 * Destinations that a tenant may choose: public addresses, and those of `allowed` (CIDR blocks). Throws SkaldError
 * `bad_query` when one of the blocks is none.
 */
export function publicAddresses(allowed: readonly string[]): AddressPolicy {
  const exceptions = allowed.map(parseIpRange);
  return (address) => {
    const parsed = parseAddress(address);
    if (parsed !== null && (isIn(exceptions, parsed) || !isIn(INNER, parsed))) return;
    throw new SkaldError(
      'bad_config',
      `Cannot connect to ${address}: it is not a public address, and not in ruler.allowed_private_ranges`,
    );
  };
}

interface Address {
  readonly family: 4 | 6;
  readonly words: Uint32Array;
}

function isIn(ranges: readonly IpRange[], { family, words }: Address): boolean {
  return ranges.some((range) => ipRangeContains(range, family, words));
}

/** An IPv6 address that stands for an IPv4 address is that address. */
function parseAddress(text: string): Address | null {
  const bytes = encodeUtf8(text.replace(/%.*$/, ''));
  const words = new Uint32Array(IP_WORDS);
  const family = parseIp(bytes, 0, bytes.length, words);
  if (family !== 6) return family === 4 ? { family, words } : null;
  const address: Address = { family, words };
  // `::` and `::1` are addresses of their own.
  const isOwn = words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] <= 1;
  if (!isOwn && isIn(EMBEDDED_IPV4, address)) return ipv4(words[3]);
  return isIn([SIX_TO_FOUR], address) ? ipv4(((words[0] & 0xffff) << 16) | (words[1] >>> 16)) : address;
}

function ipv4(value: number): Address {
  return { family: 4, words: Uint32Array.of(0, 0, 0, value) };
}
