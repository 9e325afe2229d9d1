import { describe, expect, test } from 'vitest';
import { messageOf } from '../errors.ts';
import { executeTemplate, type TemplateContext } from './execute.ts';
import { parseTemplate } from './parse.ts';

const LABELS: Readonly<Record<string, string>> = {
  app: 'worker',
  level: 'info',
  task: 'sync',
  pod: 'w-2',
  msg: 'connection reset by peer',
  dur: '900us',
  attempt: '0',
  city: 'Zürich 日本',
  json: '{"a":[1,2.5,"x",null],"b":{"c":true},"n":12345678}',
};

const CONTEXT: TemplateContext = {
  label: (name) => LABELS[name],
  labelNames: () => Object.keys(LABELS),
  line: 'the line',
  timestampNs: 1768478317607113659n,
  nowNs: 1768478400000000000n,
};

function run(text: string, name?: string): string {
  try {
    return executeTemplate(parseTemplate(text, name), CONTEXT);
  } catch (error) {
    return messageOf(error);
  }
}

describe('answers recorded from Loki', () => {
  test.each([
    ['{{.level}} {{.msg}}', 'info connection reset by peer'],
    ['{{ .level | ToUpper }} {{ .task | upper | lower | title }}', 'INFO Sync'],
    ['{{ __timestamp__ | unixEpoch }}', '1768478317'],
    ['{{ if eq .level "error" }}E{{ else if eq .level "warn" }}W{{ else }}-{{ end }} {{ .task }}', '- sync'],
    ['{{.task}}-{{.pod}}', 'sync-w-2'],
    ['{{ duration .dur }}', '0.0009'],
    [
      '{{ add .attempt 1 }} {{ sub 10 .attempt }} {{ mul .attempt 3 }} {{ div 9 2 }} {{ mod 9 4 }} {{ addf 1.5 2.25 }} {{ mulf 1.5 2 }} {{ divf 1 4 }} {{ subf 5 1.5 }}',
      '1 10 0 4 1 3.75 3 0.25 3.5',
    ],
    ['{{ trimLeft "xx" }}', 'template: line:1: function "trimLeft" not defined'],
    ['{{ .app | nofunc }}', 'template: line:1: function "nofunc" not defined'],
    ['{{ sha256 "x" }}', 'template: line:1: function "sha256" not defined'],
    [
      '{{ default "none" .err }} {{ count "e" .msg }} {{ b64enc .task }} {{ b64enc .task | b64dec }} {{ urlencode .msg }} {{ urldecode "a%20b" }}',
      'none 5 c3luYw== sync connection+reset+by+peer a b',
    ],
    ['{{ $u := .user_name }}{{ range $i, $x := fromJson "[1,2]" }}{{ $i }}={{ $x }} {{ end }}{{ $u }}', '0=1 1=2 '],
    [
      '{{ index "abc" 1 }} {{ len .task }} {{ and true false }} {{ or "" "z" }} {{ not true }} {{ gt 2 1 }} {{ ne "a" "b" }}',
      '98 4 false z false true true',
    ],
    ['{{- /* c */ -}}  {{ .task }}  {{- "x" -}}  ', 'syncx'],
    ['{{ regexReplaceAll "(\\\\d+)\\\\.(\\\\d+)" "10.0.16.232 - bob" "$2-$1" }}', '0-10.232-16 - bob'],
  ])('%s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });
});

describe('the language', () => {
  test.each([
    ['', ''],
    ['plain }} text', 'plain }} text'],
    ['{{.missing}}|{{ .missing }}', '|'],
    ['{{ . | len }}', '9'],
    ['{{ index . "app" }}{{ $.app }}', 'workerworker'],
    ['{{ range $k, $v := . }}{{ if hasPrefix "a" $k }}{{ $k }}={{ $v }};{{ end }}{{ end }}', 'app=worker;attempt=0;'],
    ['{{ with .app }}{{ . }} {{ $.level }}{{ end }}{{ with .none }}x{{ else }}none{{ end }}', 'worker infonone'],
    ['{{ with .none }}x{{ else with .app }}{{ . }}{{ else }}z{{ end }}', 'worker'],
    [
      '{{ range $i := fromJson "[1,2,3,4]" }}{{ if eq $i 3.0 }}{{ break }}{{ end }}{{ if eq $i 2.0 }}{{ continue }}{{ end }}{{ $i }}{{ end }}',
      '1',
    ],
    ['{{ range fromJson "[]" }}x{{ else }}empty{{ end }}', 'empty'],
    ['{{ range 3 }}{{ . }}{{ end }}', '012'],
    ['{{ $x := 1 }}{{ range 3 }}{{ $x = add $x . }}{{ end }}{{ $x }}', '4'],
    ['{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}', '21'],
    ['{{ define "t" }}[{{ . }}]{{ end }}{{ template "t" .app }}{{ template "t" }}', '[worker][<no value>]'],
    ['{{ block "b" .level }}<{{ . }}>{{ end }}', '<info>'],
    [
      '{{ $j := fromJson .json }}{{ $j.b.c }} {{ $j.a }} {{ (index $j "a" 1) }} {{ $j.zz }} {{ index $j.a 3 }} {{ $j.n }}',
      'true [1 2.5 x <nil>] 2.5 <no value> <no value> 1.2345678e+07',
    ],
    ['{{ fromJson "{" }}', '<no value>'],
    ['{{ (fromJson .json).b }}', 'map[c:true]'],
    ['{{ print 1 2 "a" 3 nil }}|{{ println "a" 1 }}', '1 2a3 <nil>|a 1\n'],
    [
      '{{ printf "%s|%5d|%-4s|%05.1f|%q|%t|%x|%v|%c|%%" "a" 42 "b" 3.14159 "q\\"" true "hi" 1.5 \'x\' }}',
      'a|   42|b   |003.1|"q\\""|true|6869|1.5|x|%',
    ],
    ['{{ printf "%d %s" "a" }}', '%!d(string=a) %!s(MISSING)'],
    ['{{ printf "%d" 1 "b" }}', '1%!(EXTRA string=b)'],
    [
      '{{ html "<a href=\'x\'>" }} {{ js "a\'<" }} {{ urlquery "a b&c" }}',
      "&lt;a href=&#39;x&#39;&gt; a\\'\\u003C a+b%26c",
    ],
    ['{{ slice "abcdef" 1 3 }}{{ slice "abc" 1 }}', 'bcbc'],
    ['{{ lt 1 2 }}{{ le "a" "b" }}{{ ge 1.5 2.5 }}{{ eq .app "x" "worker" }}', 'truetruefalsetrue'],
    [
      '{{ 0x1F }} {{ 1_000 }} {{ 1e3 }} {{ \'a\' }} {{ -5 }} {{ "a\\tb\\u00e9" }} {{ `raw\\n` }}',
      '31 1000 1000 97 -5 a\tbé raw\\n',
    ],
    ['{{ and 1 0 (div 1 0) }}{{ or 1 (div 1 0) }}', '01'],
    ['{{ true }}{{ false }}{{ 1.0 }}{{ 0.00001 }} {{ 1000000.0 }}', 'truefalse11e-05 1e+06'],
    ['a {{- " b" }}{{ "c " -}} d', 'a bc d'],
    ['{{ .app\n | upper }}', 'WORKER'],
  ])('%s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });
});

describe('functions', () => {
  test.each([
    ['{{ Replace "aaa" "a" "b" 2 }} {{ replace "a" "b" "aaa" }} {{ replace "" "-" "ab" }}', 'bba bbb -a-b-'],
    [
      '{{ Trim "xxaxx" "x" }} {{ TrimLeft "xxa" "x" }} {{ TrimRight "axx" "x" }} {{ TrimPrefix "ab" "a" }} {{ TrimSuffix "ab" "b" }}',
      'a a a b a',
    ],
    [
      '[{{ TrimSpace " q\\t" }}] [{{ trim "\\u00a0x " }}] {{ trimAll "$" "$5$" }} {{ trimPrefix "s" "sync" }} {{ trimSuffix "c" "sync" }}',
      '[q] [x] 5 ync syn',
    ],
    [
      '{{ lower "ÄB" }} {{ upper "straße" }} {{ title "hello wörld-wide foo_bar x.y don\'t" }}',
      "äb STRAßE Hello Wörld-Wide Foo_bar X.Y Don'T",
    ],
    ['{{ trunc 2 "abc" }} {{ trunc -2 "abc" }} {{ trunc 5 "abc" }} {{ trunc 2 .city }}', 'ab bc abc Z\ufffd'],
    [
      '{{ substr 1 3 "abcdef" }} {{ substr -1 3 "abcdef" }} {{ substr 2 -1 "abcdef" }} {{ substr 2 99 "abcdef" }}',
      'bc abc cdef cdef',
    ],
    ['{{ contains "a" "cat" }} {{ hasPrefix "c" "cat" }} {{ hasSuffix "t" "cat" }}', 'true true true'],
    ['{{ indent 2 "a\\nb" }}|{{ nindent 1 "a" }}|{{ repeat 3 "ab" }}', '  a\n  b|\n a|ababab'],
    ['{{ default "d" "" }} {{ default "d" 0 }} {{ "v" | default "d" }}', 'd d v'],
    ['{{ b64dec "a" }} {{ b64dec "aGk=" }}', 'illegal base64 data at input byte 0 hi'],
    ['{{ urlencode "a\'(b)*c d/é" }} {{ urldecode "%C3%A9+x" }}', 'a%27%28b%29%2Ac+d%2F%C3%A9 é x'],
    [
      '{{ regexReplaceAllLiteral "a(b)" "xabx" "${1}" }} {{ regexReplaceAll "(?P<n>b)" "abc" "[${n}]" }}',
      'x${1}x a[b]c',
    ],
    ['{{ int "0x1F" }} {{ int "x" }} {{ int 2.9 }} {{ float64 "2.50" }} {{ int "12.0" }}', '31 0 2 2.5 12'],
    ['{{ addf 0.1 0.2 }} {{ divf 1 3 }} {{ subf 1 0.9 }} {{ mulf 1.1 1.1 }}', '0.3 0.3333333333333333 0.1 1.21'],
    [
      '{{ max 1 5 3 }} {{ min 4 "2" }} {{ maxf 1.5 2 }} {{ minf 1.5 2 }} {{ ceil 1.2 }} {{ floor -1.2 }}',
      '5 2 2 1.5 2 -2',
    ],
    [
      '{{ round 123.5555 3 }} {{ round 2.5 0 }} {{ round 123.5555 3 0.9 }} {{ round "1.26" 1 }}',
      '123.556 3 123.555 1.3',
    ],
    ['{{ bytes "2KB" }} {{ bytes "1.5 KiB" }} {{ bytes "2MB" }} {{ duration_seconds "1m30s" }}', '2000 1536 2e+06 90'],
    ['{{ date "2006-01-02T15:04:05.00Z07:00" now }}', '2026-01-15T12:00:00.00Z'],
    ['{{ __timestamp__ }}', '2026-01-15 11:58:37.607113659 +0000 UTC'],
    [
      '{{ __timestamp__ | date "Mon Jan _2 15:04:05.000 2006 3:04PM 02/01/06 -0700 MST" }}',
      'Thu Jan 15 11:58:37.607 2026 11:58AM 15/01/26 +0000 UTC',
    ],
    ['{{ date "2006-01-02" 86400 }}', '1970-01-02'],
    ['{{ unixEpochMillis __timestamp__ }} {{ unixEpochNanos __timestamp__ }}', '1768478317607 1768478317607113659'],
    [
      '{{ toDate "2006-01-02" "2021-11-02" | unixEpoch }} {{ toDate "2006-01-02" "x" }}',
      '1635811200 0001-01-01 00:00:00 +0000 UTC',
    ],
    ['{{ toDateInZone "2006-01-02T15:04:05" "America/New_York" "2021-11-02T12:00:00" | unixEpoch }}', '1635868800'],
    ['{{ toDateInZone "2006-01-02 15:04" "Europe/Berlin" "2021-07-02 12:00" }}', '2021-07-02 12:00:00 +0200 GMT+2'],
    ['{{ toDate "2006-01-02T15:04:05Z07:00" "2021-11-02T12:00:00.25+02:00" }}', '2021-11-02 12:00:00.25 +0200 +02'],
    [
      '{{ unixToTime "1635811200" }} {{ unixToTime "18933" }} {{ unixToTime "1635811200123" | unixEpochMillis }}',
      '2021-11-02 00:00:00 +0000 UTC 2021-11-02 00:00:00 +0000 UTC 1635811200123',
    ],
    [
      '[{{ alignLeft 4 "ab" }}] [{{ alignRight 4 "ab" }}] [{{ alignLeft 2 .city }}] [{{ alignRight 2 .city }}] {{ alignLeft -1 "ab" }}',
      '[ab  ] [  ab] [Zü] [日本] ab',
    ],
    ['{{ __line__ | upper }}', 'THE LINE'],
  ])('%s', (text, expected) => {
    expect(run(text)).toBe(expected);
  });
});

describe('errors while parsing', () => {
  test.each([
    ['{{ .a', 'unclosed action'],
    ['{{ if .a }}x', 'unexpected EOF'],
    ['x{{ end }}', 'unexpected {{end}}'],
    ['{{ else }}', 'unexpected {{else}}'],
    ['{{ "abc }}', 'unterminated quoted string'],
    ['{{ `abc }}', 'unterminated raw quoted string'],
    ['{{ /* x */ }}', 'unexpected "/" in command'],
    ['{{/* x', 'unclosed comment'],
    ['{{ (upper "a" }}', 'unclosed left paren'],
    ['{{ upper "a") }}', 'unexpected right paren'],
    ['{{ $x }}', 'undefined variable "$x"'],
    ['{{ }}', 'missing value for command'],
    ['{{ if }}x{{ end }}', 'missing value for if'],
    ['{{ .a | }}', 'missing value for command'],
    ['{{ .a | "x" }}', 'non executable command in pipeline stage 2'],
    ['{{ "a".b }}', 'unexpected . after term "\\"a\\""'],
    ['{{ 1x }}', 'bad number syntax: "1x"'],
    ['{{ .a# }}', "bad character U+0023 '#'"],
    ['{{ break }}', '{{break}} outside {{range}}'],
    ['{{ $a, $b := .x }}', 'too many declarations in command'],
  ])('%s', (text, expected) => {
    expect(run(text)).toBe(`template: line:1: ${expected}`);
  });

  test('names the template and the line', () => {
    expect(run('a\nb {{ nope }}', 'label')).toBe('template: label:2: function "nope" not defined');
    expect(run('{{ .a\n\n')).toBe('template: line:3: unclosed action started at line:1');
  });
});

describe('errors while running', () => {
  test.each([
    [
      '{{ div 1 0 }}',
      'line:1:3: executing "line" at <div 1 0>: error calling div: runtime error: integer divide by zero',
    ],
    ['ü{{ .dur | bytes }}', 'line:1:12: executing "line" at <bytes>: error calling bytes: '],
    [
      '{{ duration .app }}',
      'line:1:3: executing "line" at <duration .app>: error calling duration: time: invalid duration "worker"',
    ],
    ['{{ .app.x }}', 'line:1:7: executing "line" at <.app.x>: can\'t evaluate field x in type string'],
    ['{{ trunc 1 }}', 'line:1:3: executing "line" at <trunc>: wrong number of args for trunc: want 2 got 1'],
    ['{{ upper 1 }}', 'line:1:9: executing "line" at <1>: expected string; found 1'],
    ['{{ 1 | upper }}', 'line:1:7: executing "line" at <upper>: wrong type for value; expected string; got int'],
    ['{{ trunc "a" "b" }}', 'line:1:9: executing "line" at <"a">: expected integer; found "a"'],
    ['{{ trunc (add 1 1) "b" }}', 'wrong type for value; expected int; got int64'],
    ['{{ unixEpoch .app }}', 'wrong type for value; expected time.Time; got string'],
    ['{{ upper nil }}', 'cannot assign nil to string'],
    ['{{ eq 1 "a" }}', 'error calling eq: incompatible types for comparison'],
    ['{{ index "abc" 5 }}', 'error calling index: index out of range: 5'],
    ['{{ len 3 }}', 'error calling len: len of type int'],
    ['{{ range .app }}{{ end }}', "range can't iterate over worker"],
    ['{{ .app 1 }}', 'app is not a method but has arguments'],
    ['{{ urldecode "%zz" }}', 'error calling urldecode: invalid URL escape "%zz"'],
    ['{{ unixToTime "12" }}', "error calling unixToTime: unable to parse time '12'"],
    [
      '{{ regexReplaceAll "[" "a" "b" }}',
      'error calling regexReplaceAll: error parsing regexp: missing closing ]: `[`',
    ],
    ['{{ template "none" }}', 'template "none" not defined'],
    ['{{ nil }}', 'nil is not a command'],
  ])('%s', (text, expected) => {
    expect(run(text)).toContain(expected);
    expect(run(text)).toMatch(/^template: line:/);
  });

  test('limits', () => {
    expect(run('{{ range 1000000 }}{{ end }}')).toContain('more than 100000 steps');
    expect(run('{{ range 10000 }}{{ repeat 1000 "x" }}{{ end }}')).toContain('result is longer than');
    expect(run('{{ repeat 100000000 "xy" }}')).toContain('result is longer than');
    expect(run('{{ define "r" }}{{ template "r" }}{{ end }}{{ template "r" }}')).toContain(
      'exceeded maximum template depth',
    );
    expect(run(`${'{{ if true }}'.repeat(201)}${'{{ end }}'.repeat(201)}`)).toContain('nested deeper than 200');
    expect(run(`${'{{ if true }}'.repeat(200)}x${'{{ end }}'.repeat(200)}`)).toBe('x');
    expect(run('x'.repeat(131_073))).toContain('template longer than');
  });
});
