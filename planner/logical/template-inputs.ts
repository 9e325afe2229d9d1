import type { LabelHint } from '../ir/stage.ts';

export interface TemplateInputs {
  readonly labels: LabelHint;
  readonly line: boolean;
}

const EVERYTHING: TemplateInputs = { labels: 'all', line: true };

/** Tokens of an action that matter here. Order matters: strings hide what is in them. */
const TOKEN =
  /"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\d[\w.]*|\$\w*|\.([\p{L}_][\p{L}\p{N}_]*)?|[\p{L}_][\p{L}\p{N}_]*|\s+|[^\s]/gu;

/**
 * What a line_format or label_format template can read: more than that at times, never less. A bare `.` or `$` is the
 * whole label map, as in `{{ index . "k" }}`; a template that defines others is not looked through.
 */
export function templateInputs(template: string): TemplateInputs {
  const labels = new Set<string>();
  let line = false;
  let rest = template;
  for (;;) {
    const start = rest.indexOf('{{');
    if (start < 0) return { labels: [...labels], line };
    const action = readAction(rest.slice(start + 2));
    if (action === null) return EVERYTHING;
    for (const name of action.fields) labels.add(name);
    line ||= action.line;
    rest = action.rest;
  }
}

interface Action {
  readonly fields: readonly string[];
  readonly line: boolean;
  readonly rest: string;
}

/** Of the text after `{{`. Null when it does not end or may read anything. */
function readAction(text: string): Action | null {
  const comment = /^(?:- )?\/\*[^]*?\*\/(?: -)?\}\}/.exec(text);
  if (comment !== null) return { fields: [], line: false, rest: text.slice(comment[0].length) };
  const fields: string[] = [];
  let line = false;
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [token, field] = match;
    if (token === '}' && text.startsWith('}}', match.index)) {
      return { fields, line, rest: text.slice(match.index + 2) };
    }
    // A quote by itself opens a string that does not end.
    if (token === '"' || token === '`' || token === "'") return null;
    if (token === '.' || token === '$') {
      if (token === '$' && text[TOKEN.lastIndex] === '.') continue;
      return null;
    }
    if (field !== undefined) fields.push(field);
    else if (token === '__line__') line = true;
    else if (token === 'define' || token === 'template' || token === 'block') return null;
  }
  return null;
}
