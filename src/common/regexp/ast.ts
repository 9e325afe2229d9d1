/**
 * The tree of an RE2 expression. Flags are resolved while parsing: `(?i)` is `fold` on literals and classes, `(?s)` is
 * AnyChar's `newline`, `(?m)` chooses the Line or Text assertions, `(?U)` is folded into `greedy`. Groups that do not
 * capture leave no node.
 */
export type RegexpNode =
  | { readonly kind: 'Empty' }
  /** One code point. */
  | { readonly kind: 'Literal'; readonly codePoint: number; readonly fold: boolean }
  | CharacterClass
  /** Any code point; `newline` tells whether `\n` is one of them. */
  | { readonly kind: 'AnyChar'; readonly newline: boolean }
  | { readonly kind: 'Assertion'; readonly assertion: Assertion }
  | { readonly kind: 'Capture'; readonly index: number; readonly name: string; readonly body: RegexpNode }
  | Repeat
  | { readonly kind: 'Concat'; readonly items: readonly RegexpNode[] }
  | { readonly kind: 'Alternate'; readonly items: readonly RegexpNode[] };

export type Assertion = 'BeginText' | 'EndText' | 'BeginLine' | 'EndLine' | 'WordBoundary' | 'NoWordBoundary';

export interface Repeat {
  readonly kind: 'Repeat';
  readonly body: RegexpNode;
  readonly min: number;
  /** Infinity when there is no upper bound. */
  readonly max: number;
  readonly greedy: boolean;
}

/** A set of code points: `ranges` and `properties` together, complemented when `negated`. */
export interface CharacterClass {
  readonly kind: 'Class';
  readonly negated: boolean;
  readonly fold: boolean;
  /** Flat pairs low, high (both inclusive), in source order; may overlap. */
  readonly ranges: readonly number[];
  readonly properties: readonly UnicodeProperty[];
}

/** `\p{name}`, or `\P{name}` when negated. */
export interface UnicodeProperty {
  readonly name: string;
  readonly negated: boolean;
}

export interface ParsedRegexp {
  readonly root: RegexpNode;
  /** By group index; index 0 is the whole match; unnamed groups are ''. A name may occur twice. */
  readonly groupNames: readonly string[];
}

export const MAX_CODE_POINT = 0x10ffff;
