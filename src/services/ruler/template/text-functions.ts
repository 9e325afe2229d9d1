import { IP_WORDS, parseIp } from '../../../common/ip.ts';
import { fixed, type TemplateFunction } from '../../../common/template/function-type.ts';
import { queryEscape } from '../../../common/template/functions/encoding.ts';
import { text } from '../../../common/template/functions/cast.ts';
import { lower, title, upper } from '../../../common/template/functions/text.ts';

const ofText = (call: (value: string) => string): TemplateFunction => fixed(['string'], ([value]) => call(text(value)));

/** Prometheus' functions of texts. */
export const TEXT_FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  title: ofText(title),
  toUpper: ofText(upper),
  toLower: ofText(lower),
  stripPort: ofText(stripPort),
  stripDomain: ofText(stripDomain),
  match: fixed(['string', 'string'], ([pattern, value], { regexp }) => regexp(text(pattern)).test(text(value))),
  reReplaceAll: fixed(['string', 'string', 'string'], ([pattern, replacement, value], { regexp }) =>
    regexp(text(pattern)).replaceAll(text(value), text(replacement), false),
  ),
  // Labels and annotations are texts: nothing is escaped, so nothing need be kept from it.
  safeHtml: ofText((value) => value),
  urlQueryEscape: ofText(queryEscape),
};

/** `host:port`, `[host]:port`; null where Go's net.SplitHostPort fails. */
function splitHostPort(value: string): { host: string; port: string } | null {
  const bracketed = /^\[([^[\]]*)\]:([^:[\]]*)$/.exec(value);
  if (bracketed !== null) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' };
  const plain = /^([^:[\]]*):([^:[\]]*)$/.exec(value);
  return plain === null ? null : { host: plain[1] ?? '', port: plain[2] ?? '' };
}

function stripPort(value: string): string {
  return splitHostPort(value)?.host ?? value;
}

/** The first name of a host, with its port; addresses stay as they are. */
function stripDomain(value: string): string {
  const split = splitHostPort(value);
  const host = split?.host ?? value;
  if (isAddress(host)) return value;
  const name = host.split('.')[0] ?? '';
  return split === null || split.port === '' ? name : `${name}:${split.port}`;
}

function isAddress(host: string): boolean {
  const bytes = Buffer.from(host);
  return parseIp(bytes, 0, bytes.length, new Uint32Array(IP_WORDS)) !== 0;
}
