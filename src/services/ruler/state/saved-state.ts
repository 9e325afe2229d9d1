import { z } from 'zod';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import { Labels } from '../../../common/labels.ts';
import type { Alert, AlertSet } from '../evaluate/alert.ts';

/** Of docs/format/ruler-state.md. The first version did not know of late alerts. */
const VERSION = 2;

/** The alerts of the rules of one group as they were after one evaluation. */
export interface SavedGroup {
  readonly namespace: string;
  readonly name: string;
  readonly evaluatedAtNs: bigint;
  /** By the key of the rule (rule-key.ts). */
  readonly rules: ReadonlyMap<string, AlertSet>;
}

const time = z
  .string()
  .regex(/^\d{1,19}$/)
  .transform(BigInt);
const texts = z.record(z.string(), z.string());
const number = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);

const alertSchema = z.strictObject({
  state: z.enum(['pending', 'firing', 'inactive']),
  labels: texts,
  annotations: texts,
  value: number,
  activeAt: time,
  firedAt: time.nullable(),
  resolvedAt: time.nullable(),
  keepFiringSince: time.nullable(),
  lastSentAt: time.nullable(),
  firedLateAt: time.nullable().default(null),
});

const stateSchema = z.strictObject({
  version: z.literal([1, VERSION]),
  groups: z.array(
    z.strictObject({
      namespace: z.string(),
      name: z.string(),
      evaluatedAt: time,
      rules: z.record(z.string(), z.array(alertSchema)),
    }),
  ),
});

/** JSON; rules without alerts are left out. */
export function encodeState(groups: readonly SavedGroup[]): string {
  return JSON.stringify({
    version: VERSION,
    groups: groups.map(({ namespace, name, evaluatedAtNs, rules }) => ({
      namespace,
      name,
      evaluatedAt: String(evaluatedAtNs),
      rules: Object.fromEntries(
        [...rules]
          .filter(([, alerts]) => alerts.size > 0)
          .map(([key, alerts]) => [key, [...alerts.values()].map(encodeAlert)]),
      ),
    })),
  });
}

/** Throws SkaldError `unsupported_version` for a newer version's text, `corruption` for any other that is not one. */
export function decodeState(text: string, file: string): SavedGroup[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SkaldError('corruption', `Cannot read the state of alerts ${file}: ${messageOf(error)}`);
  }
  const version = z.looseObject({ version: z.number() }).safeParse(json);
  if (version.success && version.data.version > VERSION) {
    const found = version.data.version;
    throw new SkaldError(
      'unsupported_version',
      `Cannot read the state of alerts ${file}: its version is ${found}, expected at most ${VERSION}`,
    );
  }
  const parsed = stateSchema.safeParse(json);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    throw new SkaldError('corruption', `Cannot read the state of alerts ${file}: ${path.join('.')}: ${message}`);
  }
  return parsed.data.groups.map(({ namespace, name, evaluatedAt, rules }) => ({
    namespace,
    name,
    evaluatedAtNs: evaluatedAt,
    rules: new Map(Object.entries(rules).map(([key, alerts]) => [key, decodeAlerts(alerts)])),
  }));
}

function encodeAlert(alert: Alert): Record<string, unknown> {
  const optional = (timeNs: bigint | null): string | null => (timeNs === null ? null : String(timeNs));
  return {
    state: alert.state,
    labels: alert.labels.toRecord(),
    annotations: alert.annotations,
    value: Number.isFinite(alert.value) ? alert.value : String(alert.value),
    activeAt: String(alert.activeAtNs),
    firedAt: optional(alert.firedAtNs),
    resolvedAt: optional(alert.resolvedAtNs),
    keepFiringSince: optional(alert.keepFiringSinceNs),
    lastSentAt: optional(alert.lastSentAtNs),
    firedLateAt: optional(alert.firedLateAtNs),
  };
}

function decodeAlerts(alerts: readonly z.output<typeof alertSchema>[]): AlertSet {
  return new Map(
    alerts.map((saved) => {
      const labels = Labels.fromRecord(saved.labels);
      const alert: Alert = {
        state: saved.state,
        labels,
        annotations: saved.annotations,
        value: saved.value,
        activeAtNs: saved.activeAt,
        firedAtNs: saved.firedAt,
        resolvedAtNs: saved.resolvedAt,
        keepFiringSinceNs: saved.keepFiringSince,
        lastSentAtNs: saved.lastSentAt,
        firedLateAtNs: saved.firedLateAt,
      };
      return [labels.key, alert];
    }),
  );
}
