import { describe, expect, test } from 'vitest';
import { templateInputs } from './template-inputs.ts';

describe('templateInputs', () => {
  test.each([
    ['plain text', [], false],
    ['{{.a}} {{ .b_2 | ToUpper }}', ['a', 'b_2'], false],
    ['{{ if eq .level "error" }}E{{ else if .x }}{{ end }}', ['level', 'x'], false],
    ['{{ __line__ }} {{ __timestamp__ }}', [], true],
    ['{{ trunc 3 "}} .notALabel" }}{{.a}}', ['a'], false],
    ['{{ `}} .raw` }}{{ .a }}', ['a'], false],
    ['{{/* .comment */}}{{- /* }} */ -}}{{.a}}', ['a'], false],
    ['{{ $x := .a }}{{ $x }}{{ $.b }}', ['a', 'b'], false],
    ['{{ add .n 1.5 }}', ['n'], false],
    ['{{ (fromJson .doc).field }}', ['doc', 'field'], false],
    ['{{.größe}}', ['größe'], false],
    ['{{- .a -}}', ['a'], false],
  ])('%s', (template, labels, line) => {
    expect(templateInputs(template)).toEqual({ labels, line });
  });

  test.each([
    '{{ index . "k" }}',
    '{{ . }}',
    '{{ range $k, $v := $ }}{{ end }}',
    '{{ define "x" }}{{ end }}',
    '{{ template "x" .a }}',
    '{{ .a',
    '{{ "open }}',
  ])('%s may read anything', (template) => {
    expect(templateInputs(template)).toEqual({ labels: 'all', line: true });
  });
});
