import { mapChains, type ChainStep, type LogChain } from '../logical/chain.ts';
import { editsLine, NEEDS_NOTHING, needsAlong, needsOfConsumer, toProjection, type Needs } from '../logical/needs.ts';
import type { Projection, RangeAggregation } from '../logical/plan.ts';
import { changesLabels } from '../logical/stage-traits.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * RangeAggregation count by (app)         RangeAggregation count by (app)
 * └── Scan columns=[line, metadata] →     └── Scan columns=[]
 *
 * TopK k=100                              TopK k=100 late=[line, metadata]
 * └── Scan columns=[line, metadata] →     └── Scan columns=[]
 * ```
 * The scan loads what later steps read; the pages of other columns are never read. What only the entries of the answer
 * need is loaded after a TopK has chosen them. (Predicates load what they test, whatever the projection says.)
 *
 * Refused: loading late what a step under the TopK has changed, because the stored column is no longer the row's: the line
 * after line_format, unpack or decolorize, metadata after parsers, label_format, drop or keep. Under a Sample, which runs
 * behind the exchange, there is no late.
 */
export const pushDownProjection: Rule = {
  name: 'PushDownProjection',
  apply: (plan) => mapChains(plan, project),
};

function project({ scan, steps }: LogChain, consumer: RangeAggregation | null): LogChain | null {
  const top = steps.findIndex(({ kind }) => kind === 'TopK');
  const topK = steps[top];
  if (topK === undefined || topK.kind !== 'TopK' || steps.some(({ kind }) => kind === 'Sample')) {
    const needs = needsAlong(steps, needsOfConsumer(consumer))[0] ?? NEEDS_NOTHING;
    const projection = toProjection(needs);
    return sameProjection(projection, scan.projection) ? null : { scan: { ...scan, projection }, steps };
  }
  const below = steps.slice(0, top);
  const above = steps.slice(top + 1);
  const behindTop = needsAlong(above, needsOfConsumer(consumer))[0] ?? NEEDS_NOTHING;
  const { early, late } = splitAtTop(below, behindTop);
  if (sameProjection(early, scan.projection) && sameProjection(late, topK.late)) return null;
  return { scan: { ...scan, projection: early }, steps: [...below, { ...topK, late }, ...above] };
}

/** What is loaded before and after the TopK. */
function splitAtTop(below: readonly ChainStep[], behindTop: Needs): { early: Projection; late: Projection } {
  const lineEdited = below.some(editsLine);
  const labelsEdited = below.some((step) => step.kind === 'Pipe' && changesLabels(step.stage));
  const atTop: Needs = {
    ...behindTop,
    line: lineEdited && behindTop.line,
    labels: labelsEdited ? behindTop.labels : [],
  };
  const early = toProjection(needsAlong(below, atTop)[0] ?? NEEDS_NOTHING);
  const all = toProjection(behindTop);
  const line = all.line && !lineEdited && !early.line;
  return { early, late: { line, metadata: labelsEdited ? [] : missing(all.metadata, early.metadata) } };
}

/** `all` without what is there already; 'all' stays 'all', since it is not a list to take from. */
function missing(all: Projection['metadata'], early: Projection['metadata']): Projection['metadata'] {
  if (early === 'all') return [];
  return all === 'all' ? 'all' : all.filter((name) => !early.includes(name));
}

function sameProjection(a: Projection, b: Projection): boolean {
  if (a.line !== b.line) return false;
  if (a.metadata === 'all' || b.metadata === 'all') return a.metadata === b.metadata;
  return a.metadata.length === b.metadata.length && a.metadata.every((name, i) => name === b.metadata[i]);
}
