import { expect, test } from 'vitest';
import { parseTags } from './query-tags.ts';

test.each([
  ['Source=grafana,Feature=alerts', { source: 'grafana', feature: 'alerts' }],
  ['a=b c , x=<y>', { a: 'b c', x: '_y_' }],
  ['novalue,a=b=c,=x,k=', { k: '' }],
  ['', {}],
])('tags %j', (header, tags) => expect(parseTags(header)).toEqual(tags));
