import type { LabelHint, Parser } from '../ir/stage.ts';
import { mapChains, type ChainStep, type LogChain } from '../logical/chain.ts';
import { dropsErrors } from '../logical/drops-errors.ts';
import { needsAlong, needsOfConsumer, type Needs } from '../logical/needs.ts';
import { canFail, immediateLabels, isExplicit, isParser, unite, withOrigins } from '../logical/stage-traits.ts';
import type { RangeAggregation } from '../logical/plan.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Keep level, status                      Keep level, status
 * └── Parse logfmt                  →     └── Parse logfmt needed=[level, status]
 *     └── Parse pattern "<a> <b>"             └── Scan
 *         └── Scan
 * ```
 * A parser extracts only labels that later stages or the series can show; one of which nothing is needed goes away. json
 * still reads whole lines for their errors, where a filter drops all rows with one: an error that fails the query shows
 * the row's labels.
 *
 * Refused: json without such a filter, unpack and `logfmt --strict`, which notice errors in the rest of the line (their
 * hints are part of the language and set when the plan is built, spec facts 46 and 47); a log query that does not `keep`:
 * its answer shows all.
 */
export const parserHints: Rule = {
  name: 'ParserHints',
  apply: (plan) => mapChains(plan, hint),
};

function hint({ scan, steps }: LogChain, consumer: RangeAggregation | null): LogChain | null {
  const needs = needsAlong(steps, needsOfConsumer(consumer));
  const hinted = steps.flatMap((step, i) =>
    narrow(step, needs[i + 1], () => dropsErrors(steps.slice(i + 1), consumer)),
  );
  const same = hinted.length === steps.length && hinted.every((step, i) => step === steps[i]);
  return same ? null : { scan, steps: hinted };
}

function narrow(step: ChainStep, after: Needs | undefined, areErrorsDropped: () => boolean): ChainStep[] {
  if (step.kind !== 'Pipe' || !isParser(step.stage) || after === undefined) return [step];
  if (canFail(step.stage)) return [narrowFallible(step, step.stage, after, areErrorsDropped)];
  const needed = intersect(step.stage.needed, withOrigins(unite(after.labels, immediateLabels(step.stage))));
  if (needed !== 'all' && needed.length === 0) return [];
  return sameHint(needed, step.stage.needed) ? [step] : [{ kind: 'Pipe', stage: withHint(step.stage, needed) }];
}

/** A json parser that the language does not limit reads whole lines as before, and keeps what is needed of them. */
function narrowFallible(step: ChainStep, stage: Parser, after: Needs, areErrorsDropped: () => boolean): ChainStep {
  if (stage.kind !== 'Json' || isExplicit(stage) || stage.needed !== 'all' || stage.preserveErrors) return step;
  const needed = withOrigins(unite(after.labels, immediateLabels(stage)));
  if (needed === 'all' || !areErrorsDropped()) return step;
  return { kind: 'Pipe', stage: { ...stage, needed, wholeLine: true } };
}

function intersect(a: LabelHint, b: LabelHint): LabelHint {
  if (a === 'all' || b === 'all') return a === 'all' ? b : a;
  return a.filter((name) => b.includes(name));
}

function sameHint(a: LabelHint, b: LabelHint): boolean {
  return a === b || (a !== 'all' && b !== 'all' && a.length === b.length && a.every((name) => b.includes(name)));
}

function withHint(parser: Parser, needed: LabelHint): Parser {
  return { ...parser, needed };
}
