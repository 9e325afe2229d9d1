import { countFromSummaries } from './count-from-summaries.ts';
import { eliminateNoopFilter } from './eliminate-noop-filter.ts';
import { foldConstants } from './fold-constants.ts';
import { mergeFilters } from './merge-filters.ts';
import { parserHints } from './parser-hints.ts';
import { pruneBySkipIndex } from './prune-by-skip-index.ts';
import { pruneEmpty } from './prune-empty.ts';
import { pushDownDistinctGrouping } from './push-down-distinct-grouping.ts';
import { pushDownGrouping } from './push-down-grouping.ts';
import { pushDownLimit } from './push-down-limit.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';
import { pushDownMetadataFilter } from './push-down-metadata-filter.ts';
import { pushDownProjection } from './push-down-projection.ts';
import { reorderFilters } from './reorder-filters.ts';
import type { Rule } from './rule.ts';
import { simplifyRegex } from './simplify-regex.ts';
import { splitConjunctions } from './split-conjunctions.ts';

/**
 * All rules in the order in which they are tried: first what makes filters simpler, then what moves them, then what says
 * how little of each row is needed. Results are the same for any subset of them; only the work differs.
 */
export const DEFAULT_RULES: readonly Rule[] = [
  foldConstants,
  splitConjunctions,
  simplifyRegex,
  eliminateNoopFilter,
  mergeFilters,
  pushDownLineFilter,
  pushDownMetadataFilter,
  reorderFilters,
  pushDownGrouping,
  pushDownDistinctGrouping,
  parserHints,
  pushDownLimit,
  pruneEmpty,
  pruneBySkipIndex,
  pushDownProjection,
  countFromSummaries,
];
