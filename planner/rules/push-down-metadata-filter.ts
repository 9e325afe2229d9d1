import type { LabelFilter } from '../ir/stage.ts';
import { mapChains, type ChainStep, type LogChain } from '../logical/chain.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Filter trace_id = "a1"                  Parse json
 * └── Parse json                          └── Scan labels=[region = "eu"]
 *     └── Filter region = "eu"      →
 *         └── Scan
 * ```
 * (`trace_id` stays above.) Label filters in front of all parsers and formats see stream labels and structured metadata
 * only, which the scan has.
 *
 * Refused: filters behind a parser, label_format, drop or keep, whose labels may be other ones; behind line_format, whose
 * template errors a filter may see; above a TopK or a Sample, which count rows.
 */
export const pushDownMetadataFilter: Rule = {
  name: 'PushDownMetadataFilter',
  apply: (plan) => mapChains(plan, pushDown),
};

function pushDown({ scan, steps }: LogChain): LogChain | null {
  const barrier = steps.findIndex((step) => !isTransparent(step));
  const reachable = barrier < 0 ? steps : steps.slice(0, barrier);
  const pushed = reachable.flatMap(labelFilterOf);
  if (pushed.length === 0) return null;
  return {
    scan: { ...scan, predicates: [...scan.predicates, ...pushed] },
    steps: steps.filter((step, i) => i >= reachable.length || labelFilterOf(step).length === 0),
  };
}

function isTransparent(step: ChainStep): boolean {
  if (step.kind !== 'Pipe') return false;
  const { kind } = step.stage;
  return kind === 'LabelFilter' || kind === 'LineFilter' || kind === 'Decolorize';
}

function labelFilterOf(step: ChainStep): LabelFilter[] {
  return step.kind === 'Pipe' && step.stage.kind === 'LabelFilter' ? [step.stage] : [];
}
