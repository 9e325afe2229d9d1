import type { Dice } from './dice.ts';

/** Parts of the language that a run may use. */
export const FEATURES = [
  'lineFilters',
  'regexpFilters',
  'patternFilters',
  'ipFilters',
  'json',
  'jsonPaths',
  'logfmt',
  'logfmtOptions',
  'regexp',
  'pattern',
  'unpack',
  'stringFilters',
  'numericFilters',
  'combinedFilters',
  'errorFilters',
  'lineFormat',
  'labelFormat',
  'templateFunctions',
  'decolorize',
  'drop',
  'keep',
  'unwrap',
  'conversions',
  'postFilters',
  'rangeGrouping',
  'offset',
  'vectorAggregations',
  'topk',
  'sort',
  'binary',
  'comparisons',
  'sets',
  'matching',
  'labelReplace',
  'literals',
  'absent',
  'variants',
  'spellings',
] as const;

export type Feature = (typeof FEATURES)[number];

/** Swarm testing: each run has only some features, so that rare combinations get a run of their own. */
export function someFeatures(dice: Dice): ReadonlySet<Feature> {
  const density = dice.pick([0.3, 0.5, 0.8, 1]);
  return new Set(FEATURES.filter(() => dice.chance(density)));
}
