import { quoted, type Generator } from './generator.ts';
import { PARSED_LABELS } from './vocabulary.ts';

const FUNCTIONS: readonly ((name: string) => string)[] = [
  (name) => `{{ .${name} | ToUpper }}`,
  (name) => `{{ .${name} | trunc 3 }}`,
  (name) => `{{ if eq .${name} "info" }}I{{ else }}{{ .${name} }}{{ end }}`,
  (name) => `{{ add .${name} 1 }}`,
  (name) => `{{ div 10 .${name} }}`,
  (name) => `{{ default "none" .${name} }}`,
  (name) => `{{ regexReplaceAll "(a|e)" .${name} "<$1>" }}`,
  (name) => `{{ .${name} | replace "o" "0" | title }}`,
  (name) => `{{ duration .${name} }}`,
  (name) => `{{ bytes .${name} }}`,
  (name) => `{{ __line__ | len }} {{ .${name} }}`,
  (name) => `{{ __timestamp__ | unixEpoch }} {{ .${name} }}`,
  (name) => `{{ printf "%-5s|" .${name} }}`,
  (name) => `{{ index .${name} 1 }}`,
  (name) => `{{ len .${name} }} {{ contains "e" .${name} }}`,
];

function template(generator: Generator): string {
  const { dice, has } = generator;
  const name = dice.pick([...PARSED_LABELS, 'app', 'trace_id', 'missing']);
  const other = dice.pick([...PARSED_LABELS, 'pod', '__error__']);
  if (has('templateFunctions') && dice.chance(0.5)) return dice.pick(FUNCTIONS)(name);
  return dice.pick([
    `{{.${name}}}`,
    `{{.${name}}} {{.${other}}}`,
    `level={{.${name}}} n=5`,
    `{"${name}":"{{.${other}}}"}`,
    'constant',
    '',
  ]);
}

/** A line_format or label_format stage. */
export function formatText(generator: Generator, kind: 'line' | 'label'): string {
  const { dice } = generator;
  if (kind === 'line') return `| line_format ${quoted(dice, template(generator))}`;
  const names = dice.some([...PARSED_LABELS, 'app', 'env', 'fresh', 'trace_id'], 1, 3);
  const items = names.map((to) =>
    dice.chance(0.5)
      ? `${to}=${dice.pick([...PARSED_LABELS, 'pod', 'env', 'region', 'missing'])}`
      : `${to}=${quoted(dice, template(generator))}`,
  );
  return `| label_format ${items.join(', ')}`;
}
