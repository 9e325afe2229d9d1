import type { LineRequirement, MetadataRequirement, Requirement } from '../../src/common/prune.ts';
import { type LiteralSet, requiredLiterals } from '../../src/common/regexp/literals.ts';
import type { LabelPredicate, LineFilter, Stage } from '../ir/stage.ts';
import { mapChains } from '../logical/chain.ts';
import { ERROR_LABELS } from '../logical/stage-traits.ts';
import type { Rule } from './rule.ts';

/**
 * ```
 * Scan line=[contains "a1"] labels=[region="eu"]   →   Scan ... requires=[line has "a1", metadata region="eu"]
 * ```
 * Says what every entry that passes the scan's predicates has, for the catalog to leave out row groups that have it
 * nowhere: substrings, literals of regular expressions and of patterns, metadata that is equal to something. Of several
 * alternatives one has to be there.
 *
 * Refused: negative filters, which pass what has nothing of them; ip(); expressions without literals, or whose literals are
 * compared without case outside of ASCII; comparisons with the empty string, which a missing label is; names that metadata
 * has only under another one (`_extracted`, spec fact 122) and those of the error state.
 */
export const pruneBySkipIndex: Rule = {
  name: 'PruneBySkipIndex',
  apply: (plan) =>
    mapChains(plan, ({ scan, steps }) => {
      const requires = scan.predicates.flatMap(requirementsOf);
      if (isSame(requires, scan.requires ?? [])) return null;
      return { scan: { ...scan, requires }, steps };
    }),
};

function isSame(a: readonly Requirement[], b: readonly Requirement[]): boolean {
  return a.length === b.length && JSON.stringify(a) === JSON.stringify(b);
}

function requirementsOf(stage: Stage): Requirement[] {
  if (stage.kind === 'LineFilter') return lineRequirements(stage);
  return stage.kind === 'LabelFilter' ? metadataRequirements(stage.predicate) : [];
}

type Alternatives = Pick<LineRequirement, 'anyOf' | 'ignoreCase'>;

function lineRequirements({ op, alternatives }: LineFilter): LineRequirement[] {
  if (alternatives.some(({ ip }) => ip)) return [];
  // Empty alternatives of a chain do not count (spec fact 103).
  const values = alternatives.map(({ value }) => value).filter((value) => value !== '');
  if (values.length === 0) return [];
  const all = values.map((value) => alternativesOf(op, value)).filter((item) => item !== null);
  if (all.length < values.length) return [];
  const anyOf = all.flatMap((item) => item.anyOf);
  const ignoreCase = all.some((item) => item.ignoreCase);
  if (ignoreCase && !anyOf.flat().every(isAscii)) return [];
  return [{ kind: 'Line', anyOf, ignoreCase }];
}

/** What a line has that one value of a filter lets pass; null when nothing is known. */
function alternativesOf(op: LineFilter['op'], value: string): Alternatives | null {
  switch (op) {
    case '|=':
      return { anyOf: [[value]], ignoreCase: false };
    case '|~':
      return alternativesOfRegexp(value);
    case '|>': {
      const texts = value.split(/<[A-Za-z_][A-Za-z0-9_]*>/).filter((text) => text !== '');
      return texts.length === 0 ? null : { anyOf: [texts], ignoreCase: false };
    }
    default:
      return null;
  }
}

function alternativesOfRegexp(pattern: string): Alternatives | null {
  const literals = requiredLiterals(pattern);
  switch (literals.kind) {
    case 'Contains':
      return fromSet(literals.literals);
    case 'Equals':
    case 'Prefix':
    case 'Suffix':
      return fromSet({ texts: literals.texts, caseMode: 'none' });
    case 'Other':
      return literals.required === null ? null : fromSet(literals.required);
    default:
      return null;
  }
}

function fromSet({ texts, caseMode }: LiteralSet): Alternatives | null {
  if (texts.includes('')) return null;
  return { anyOf: texts.map((text) => [text]), ignoreCase: caseMode !== 'none' };
}

function metadataRequirements(predicate: LabelPredicate): MetadataRequirement[] {
  if (predicate.kind === 'And') {
    return [...metadataRequirements(predicate.left), ...metadataRequirements(predicate.right)];
  }
  const anyOf = pairsOf(predicate);
  return anyOf === null ? [] : [{ kind: 'Metadata', anyOf }];
}

/** Pairs of which an entry that passes has at least one; null when it may pass without. */
function pairsOf(predicate: LabelPredicate): MetadataRequirement['anyOf'] | null {
  if (predicate.kind === 'Or') {
    const left = pairsOf(predicate.left);
    const right = pairsOf(predicate.right);
    return left === null || right === null ? null : [...left, ...right];
  }
  if (predicate.kind !== 'String') return null;
  const { name, op, value } = predicate.matcher;
  if (name.endsWith('_extracted') || ERROR_LABELS.includes(name)) return null;
  const values = op === '=' ? [value] : op === '=~' ? valuesOf(value) : [];
  return values.length === 0 || values.includes('') ? null : values.map((text) => ({ name, value: text }));
}

/** The only values that an anchored expression matches; empty when there are others. */
function valuesOf(pattern: string): readonly string[] {
  const literals = requiredLiterals(pattern, { anchored: true });
  return literals.kind === 'Equals' ? literals.texts : [];
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
