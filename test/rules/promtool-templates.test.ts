import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { expect, test } from 'vitest';
import { Labels } from '../../src/common/labels.ts';
import { templateExpander } from '../../src/services/ruler/template/template-expander.ts';
import { prometheusProgram } from '../support/prometheus-tools.ts';
import { temporaryDirectory } from '../support/server-process.ts';

const VALUES = [
  0, 1, -1, 0.5, 12.34, 59.99, 61, 999, 1000, 1024, 12345.678, 1e6, 1234567, 86_400, 3e9, 9.3e9, 1e17, 1e-3, 1e-7,
];
const OF_NUMBERS = [
  'humanize',
  'humanize1024',
  'humanizeDuration',
  'humanizePercentage',
  'humanizeTimestamp',
  'toTime',
];
const TEMPLATES = [
  ...OF_NUMBERS.map((name) => `{{ $value | ${name} }}`),
  '{{ $value }} {{ .Value }} {{ printf "%.3f %e %g" $value $value $value }}',
  '{{ $labels.app }} {{ $labels.absent }} {{ $labels }} {{ $externalLabels.region }} {{ $externalURL }}',
  '{{ range $name, $of := $labels }}{{ $name }}={{ $of }};{{ end }}',
  '{{ title $labels.app }} {{ toUpper $labels.app }} {{ $labels.app | toLower }}',
  '{{ stripPort "h.x:80" }} {{ stripPort "h" }} {{ stripPort "[::1]:9" }} {{ stripDomain "h.x:80" }} {{ stripDomain "1.2.3.4:5" }}',
  '{{ match "^a" $labels.app }} {{ reReplaceAll "(.)p" "$1-" $labels.app }} {{ reReplaceAll "x*" "-" "abc" }}',
  '{{ graphLink "up{a=\\"b c\\"} + 1" }} {{ tableLink "up" }}',
  '{{ parseDuration "1h30m" }} {{ safeHtml "<&>" }} <&>',
  '{{ query "v" | first | value }} {{ query "v" | first | label "app" }} {{ len (query "absent_metric") }}',
  '{{ range query "v" | sortByLabel "pod" }}{{ .Labels.pod }}{{ end }}{{ with query "absent_metric" }}a{{ else }}b{{ end }}',
  '{{ define "x" }}{{ .arg0 }}-{{ .arg1 }}{{ end }}{{ template "x" (args $value "y") }}',
  '{{ if gt $value 10.0 }}high{{ else if lt $value 0.0 }}low{{ else }}mid{{ end }}',
  '{{ len $labels }} {{ index $labels "app" }} {{ eq $labels.app "api" }} {{ html "<" }} {{ js "\'" }} {{ urlquery "a b" }}',
  '{{ humanize "1.5e3" }} {{ humanize 3 }} {{ humanizeDuration "90" }}',
  '{{ .Nope }}',
  '{{ humanize "x" }}',
  '{{ query "absent_metric" | first }}',
  '{{ template "nope" }}',
];
const LABELS = { app: 'api', pod: 'p-1' };

/** Alerts, each with an annotation of one template, and what we say that it becomes. */
async function alertsOf(value: number) {
  const expand = templateExpander({
    query: async (expr) =>
      await Promise.resolve(expr === 'v' ? [{ labels: Labels.fromRecord({ ...LABELS, __name__: 'v' }), value }] : []),
    externalLabels: { region: 'r1' },
    externalUrl: 'http://example.org/sub',
  });
  return await Promise.all(
    TEMPLATES.map(async (text, i) => {
      const request = { tenant: 't', name: `__alert_A${i}`, text, value, timeNs: 0n, expr: 'v' };
      const result = await expand({ ...request, labels: Labels.fromRecord({ ...LABELS, __name__: 'v' }) }).catch(
        (error: unknown) => `<error expanding template: ${(error as Error).message}>`,
      );
      return { alertname: `A${i}`, text, result };
    }),
  );
}

const promtool = prometheusProgram('promtool');

test.skipIf(promtool === null).each(VALUES)('the templates of Prometheus say the same of %d', async (value) => {
  const { directory, remove } = await temporaryDirectory();
  try {
    const alerts = await alertsOf(value);
    const rules = alerts.map(({ alertname, text }) => ({ alert: alertname, expr: 'v', annotations: { text } }));
    await writeFile(path.join(directory, 'rules.yaml'), stringify({ groups: [{ name: 'g', rules }] }));
    const testFile = path.join(directory, 'test.yaml');
    await writeFile(
      testFile,
      stringify({
        rule_files: ['rules.yaml'],
        evaluation_interval: '1m',
        tests: [
          {
            interval: '1m',
            external_labels: { region: 'r1' },
            external_url: 'http://example.org/sub',
            input_series: [{ series: 'v{app="api",pod="p-1"}', values: String(value) }],
            alert_rule_test: alerts.map(({ alertname, result }) => ({
              eval_time: '0m',
              alertname,
              exp_alerts: [{ exp_labels: LABELS, exp_annotations: { text: result } }],
            })),
          },
        ],
      }),
    );
    const { stdout } = await promisify(execFile)(promtool ?? '', ['test', 'rules', testFile]).catch(
      (error: unknown) => {
        const { stdout: out, stderr } = error as { stdout: string; stderr: string };
        throw new Error(out + stderr);
      },
    );
    expect(stdout).toContain('SUCCESS');
  } finally {
    await remove();
  }
});
