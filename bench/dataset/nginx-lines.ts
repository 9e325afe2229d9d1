import { type DataRandom, zipfWeights } from './data-random.ts';
import type { Stamp } from './timeline.ts';

export interface NginxLine {
  readonly line: string;
  readonly status: number;
}

const METHODS = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const ERROR_STATUS = [500, 500, 502, 503, 504];
const REFUSED_STATUS = [400, 401, 403, 404, 404, 409, 429];
const GOOD_STATUS = [200, 200, 200, 200, 200, 200, 200, 201, 204, 304];
const SECTIONS = ['assets', 'images', 'p', 'category', 'api/v1', 'news'];
const PAGES = ['index', 'boots', 'coat', 'list', 'details', 'bundle', 'banner'];
const SUFFIXES = ['.js', '.webp', '', '', '', '.html'];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.2 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:134.0) Gecko/20100101 Firefox/134.0',
  'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Mobile Safari/537.36',
  'curl/8.9.1',
  'kube-probe/1.32',
  'Go-http-client/1.1',
];
const REFERRERS = [
  '-',
  '-',
  '-',
  'https://shop.example.com/',
  'https://shop.example.com/cart',
  'https://find.example.net/?q=boots',
];

/** Lines of a web server: the combined format and the request time. */
export function nginxLines(random: DataRandom, stamp: Stamp): () => NginxLine {
  const uris = Array.from({ length: 400 }, (_, i) => `/${SECTIONS[i % 6]}/${PAGES[i % 7]}-${i}${SUFFIXES[i % 6]}`);
  const pickUri = random.weighted(zipfWeights(uris.length, 0.9));
  const pickAgent = random.weighted([35, 15, 8, 22, 3, 10, 7]);
  return () => {
    const dice = random.next();
    const status = random.oneOf(dice < 0.05 ? ERROR_STATUS : dice < 0.14 ? REFUSED_STATUS : GOOD_STATUS);
    const user = random.below(12) > 0 ? '-' : `user${random.below(3000)}`;
    const query = random.below(3) > 0 ? '' : `?id=${random.below(100_000)}`;
    const seconds = (Math.exp(random.next() * 5) / 150).toFixed(3);
    const request = `${random.oneOf(METHODS)} ${uris[pickUri()]}${query} HTTP/1.1`;
    const line =
      `${random.ipAddress()} - ${user} [${stamp.common}] "${request}" ${status} ${random.below(60_000)} ` +
      `"${random.oneOf(REFERRERS)}" "${AGENTS[pickAgent()]}" ${seconds}`;
    return { line, status };
  };
}
