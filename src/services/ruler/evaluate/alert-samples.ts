import { Labels } from '../../../common/labels.ts';
import type { AlertingRule } from '../rules/rule-group.ts';
import { activeAlerts, type AlertSet } from './alert.ts';
import type { RuleSample } from './rule-query.ts';

/** `ALERTS` is 1 for each active alert; `ALERTS_FOR_STATE` is since when it has been active, in seconds. */
export function alertSamples({ alert: alertname }: AlertingRule, alerts: AlertSet): RuleSample[] {
  return activeAlerts(alerts).flatMap(({ labels, state, activeAtNs }) => [
    {
      labels: Labels.from([...labels.pairs, ['__name__', 'ALERTS'], ['alertname', alertname], ['alertstate', state]]),
      value: 1,
    },
    {
      labels: Labels.from([...labels.pairs, ['__name__', 'ALERTS_FOR_STATE'], ['alertname', alertname]]),
      value: Math.floor(Number(activeAtNs / 1_000_000n) / 1000),
    },
  ]);
}
