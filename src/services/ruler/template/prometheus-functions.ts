import { fixed, type FunctionTable } from '../../../common/template/function-type.ts';
import { BUILTIN_FUNCTIONS } from '../../../common/template/functions/builtin.ts';
import { text } from '../../../common/template/functions/cast.ts';
import { queryEscape } from '../../../common/template/functions/encoding.ts';
import { HUMANIZE_FUNCTIONS } from './humanize.ts';
import { QUERY_FUNCTIONS } from './query-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

/** The functions that Prometheus gives to templates of alerts, besides Go's own. `externalUrl` is where Grafana is. */
export function prometheusFunctions(externalUrl: string): FunctionTable {
  return new Map([
    ...Object.entries({ ...BUILTIN_FUNCTIONS, ...TEXT_FUNCTIONS, ...HUMANIZE_FUNCTIONS, ...QUERY_FUNCTIONS }),
    ['graphLink', fixed(['string'], ([expr]) => `/graph?g0.expr=${queryEscape(text(expr))}&g0.tab=0`)],
    ['tableLink', fixed(['string'], ([expr]) => `/graph?g0.expr=${queryEscape(text(expr))}&g0.tab=1`)],
    ['externalURL', fixed([], () => externalUrl)],
    ['pathPrefix', fixed([], () => (URL.canParse(externalUrl) ? pathOf(new URL(externalUrl)) : ''))],
  ]);
}

/** As Go reads it: no path is the empty text. */
function pathOf({ pathname }: URL): string {
  return pathname === '/' ? '' : pathname;
}
