/** `X-Query-Tags`: `key=value,key=value`, keys in lower case; other characters become `_` (features section 6). */
export function parseTags(header: string): Record<string, string> {
  const tags = header
    .replaceAll(/[^a-zA-Z0-9\-=.@, ]/g, '_')
    .split(',')
    .map((tag) => tag.trim().split('='))
    .filter((parts): parts is [string, string] => parts.length === 2 && parts[0] !== '');
  return Object.fromEntries(tags.map(([name, value]) => [name.toLowerCase().replaceAll(' ', '_'), value]));
}
