import { SkaldError } from '../../../common/errors.ts';

/** The URL of a service that rules send to. Throws SkaldError `bad_config` unless it is one of http or https. */
export function parseOutboundUrl(text: string, setting: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    throw new SkaldError(
      'bad_config',
      `${setting}: ${JSON.stringify(withoutSecret(text))} is not an http or https URL`,
    );
  }
  return url;
}

/** What is told of a wrong URL goes to logs: not its user and password. */
function withoutSecret(text: string): string {
  return text.replace(/\/\/.*@/s, '//***@');
}
