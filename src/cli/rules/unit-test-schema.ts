import { z } from 'zod';
import { durationSetting } from '../../config/settings.ts';

const labels = z.record(z.string(), z.string()).default({});

const sample = z.strictObject({
  /** `{app="api"}`; empty: none. */
  labels: z.string().default('{}'),
  value: z.number(),
});

const series = z.strictObject({
  /** Of the stream: `{app="api"}`. */
  series: z.string(),
  entries: z.array(
    z.strictObject({
      /** An offset from the start, or `first..last/step` for one entry per step, both ends among them. */
      at: z.string(),
      /** `${i}` is the number of the entry, from 1. */
      line: z.string(),
      /** Structured metadata; `${i}` here too. */
      metadata: labels,
    }),
  ),
});

const alertTest = z.strictObject({
  eval_time: durationSetting('0s'),
  alertname: z.string(),
  exp_alerts: z.array(z.strictObject({ exp_labels: labels, exp_annotations: labels })).default([]),
});

const recordingTest = z.strictObject({
  eval_time: durationSetting('0s'),
  record: z.string(),
  exp_samples: z.array(sample).default([]),
});

const exprTest = z.strictObject({
  eval_time: durationSetting('0s'),
  expr: z.string(),
  exp_samples: z.array(sample).default([]),
});

/** Unit tests of rules in the form of promtool's, with logs for input. */
export const unitTestSchema = z.strictObject({
  /** Relative to the file. */
  rule_files: z.array(z.string()).default([]),
  /** Of groups that do not say theirs. */
  evaluation_interval: durationSetting('1m'),
  /** Names of groups, in the order in which they are evaluated at one time; the others before them. */
  group_eval_order: z.array(z.string()).default([]),
  tests: z
    .array(
      z.strictObject({
        name: z.string().default(''),
        input_series: z.array(series).default([]),
        alert_rule_test: z.array(alertTest).default([]),
        recording_rule_test: z.array(recordingTest).default([]),
        logql_expr_test: z.array(exprTest).default([]),
        external_labels: labels,
        external_url: z.string().default(''),
      }),
    )
    .min(1, { error: 'expected at least one test' }),
});

export type UnitTests = z.output<typeof unitTestSchema>;
export type UnitTest = UnitTests['tests'][number];
