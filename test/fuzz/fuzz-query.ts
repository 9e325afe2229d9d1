import { NS_PER_SECOND } from '../../src/common/time.ts';
import type { OracleParams } from '../oracle/oracle-data.ts';
import type { Dice } from './dice.ts';
import type { Feature } from './features.ts';
import type { FuzzData } from './fuzz-data.ts';
import { metricText } from './metric-text.ts';
import { logText } from './stage-text.ts';

export interface FuzzQuery {
  readonly text: string;
  readonly params: OracleParams;
}

/** A query and its parameters, both aimed at the data. */
export function generateQuery(dice: Dice, features: ReadonlySet<Feature>, data: FuzzData): FuzzQuery {
  const generator = { dice, has: (feature: Feature) => features.has(feature) };
  return dice.chance(0.5)
    ? { text: logText(generator), params: logParams(dice, data) }
    : { text: metricText(generator), params: metricParams(dice, data) };
}

const seconds = (count: number): bigint => BigInt(count) * NS_PER_SECOND;

function logParams(dice: Dice, data: FuzzData): OracleParams {
  const [startNs, endNs] = dice.chance(0.6)
    ? [data.startNs - 1n, data.endNs + seconds(60)]
    : [momentIn(dice, data), momentIn(dice, data)].sort((a, b) => (a < b ? -1 : 1));
  return {
    startNs,
    endNs,
    stepNs: seconds(1),
    limit: dice.pick([1, 3, 10, 50, 1_000, 10_000]),
    direction: dice.pick(['forward', 'backward']),
    intervalNs: seconds(dice.pick([0, 0, 0, 1, 17, 60])),
    splitNs: seconds(dice.pick([0, 100, 3_600])),
    instant: false,
  };
}

function metricParams(dice: Dice, data: FuzzData): OracleParams {
  const rest = { limit: 100, direction: 'backward', intervalNs: 0n, splitNs: 0n } as const;
  const first = momentIn(dice, data);
  if (dice.chance(0.4)) return { ...rest, startNs: first, endNs: first, stepNs: 0n, instant: true };
  const stepNs = dice.pick([seconds(5), seconds(60), seconds(60), seconds(300), seconds(97), 1_500_000_000n]);
  const endNs = first + stepNs * BigInt(dice.int(0, 12)) + BigInt(dice.pick([0, 0, 1, 999]));
  return { ...rest, startNs: first, endNs, stepNs, instant: false };
}

/** Often exactly the time of an entry, or a whole minute. */
function momentIn(dice: Dice, { entries, startNs }: FuzzData): bigint {
  if (entries.length > 0 && dice.chance(0.5)) return dice.pick(entries).timestamp;
  return startNs + (dice.chance(0.5) ? seconds(60 * dice.int(1, 10)) : seconds(dice.int(60, 600)));
}
