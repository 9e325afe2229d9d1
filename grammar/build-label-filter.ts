import type { CstNode, IToken } from 'chevrotain';
import { must } from '../src/common/assert.ts';
import type { Matcher, MatcherOp } from '../src/common/matcher.ts';
import type { LabelAnd, LabelComparison, LabelOr, LabelPredicate, NumericOp, Range } from './ast.ts';
import { buildSignedNumber } from './build-number.ts';
import {
  findNode,
  findToken,
  nanoseconds,
  nodeOf,
  nodesOf,
  rangeOf,
  spanning,
  stringValue,
  tokenOf,
} from './syntax-tree.ts';
import * as t from './tokens.ts';

export function buildMatcher(node: CstNode): Matcher & { readonly range: Range } {
  return {
    name: tokenOf(node, t.Identifier).image,
    op: matcherOp(node),
    value: stringValue(tokenOf(node, t.StringLiteral)),
    range: rangeOf(node),
  };
}

export function matcherOp(node: CstNode): MatcherOp {
  return tokenOf(node, t.MatcherOperator).image as MatcherOp;
}

/**
 * `a and b, c or d`: `and` binds closer than `or`; after `,` or nothing, everything to the right belongs together
 * (fact 117).
 */
export function buildLabelFilter(node: CstNode): LabelPredicate {
  const row = new PredicateRow(nodesOf(node, 'labelFilterOperand'), nodesOf(node, 'labelFilterJoint'));
  return row.parse(0);
}

type Joint = 'and' | 'or' | 'next';
const PRECEDENCE: Readonly<Record<Joint, number>> = { or: 1, and: 2, next: Infinity };

class PredicateRow {
  readonly #operands: readonly CstNode[];
  readonly #joints: readonly Joint[];
  #position = 0;

  constructor(operands: readonly CstNode[], joints: readonly CstNode[]) {
    this.#operands = operands;
    this.#joints = joints.map(jointOf);
  }

  /** The predicate from here on, up to a joint that does not bind closer than `floor`. */
  parse(floor: number): LabelPredicate {
    let left = buildOperand(must(this.#operands[this.#position]));
    for (;;) {
      const joint = this.#joints[this.#position];
      if (joint === undefined || PRECEDENCE[joint] <= floor) return left;
      this.#position++;
      left = join(joint, left, this.parse(joint === 'next' ? 0 : PRECEDENCE[joint]));
    }
  }
}

function jointOf(node: CstNode): Joint {
  if (findToken(node, t.And) !== null) return 'and';
  return findToken(node, t.Or) === null ? 'next' : 'or';
}

function join(joint: Joint, left: LabelPredicate, right: LabelPredicate): LabelAnd | LabelOr {
  return { kind: joint === 'or' ? 'Or' : 'And', left, right, range: spanning(left.range, right.range) };
}

function buildOperand(node: CstNode): LabelPredicate {
  const inner = findNode(node, 'labelFilter');
  return inner === null ? buildComparison(node) : buildLabelFilter(inner);
}

function buildComparison(node: CstNode): LabelComparison {
  const matcher = findNode(node, 'matcher');
  if (matcher !== null) {
    const { name, op, value } = buildMatcher(matcher);
    return { kind: 'StringComparison', matcher: { name, op, value }, range: rangeOf(matcher) };
  }
  const ip = findNode(node, 'ipComparison');
  if (ip === null) return buildNumeric(nodeOf(node, 'numericComparison'));
  return {
    kind: 'IpComparison',
    name: tokenOf(ip, t.Identifier).image,
    op: tokenOf(ip, t.IpOperator).image as '=' | '!=',
    pattern: stringValue(tokenOf(ip, t.StringLiteral)),
    range: rangeOf(ip),
  };
}

function buildNumeric(node: CstNode): LabelComparison {
  const name = tokenOf(node, t.Identifier).image;
  const op = numericOp(tokenOf(node, t.NumericOperator));
  const range = rangeOf(node);
  const duration = findToken(node, t.Duration);
  if (duration !== null) return { kind: 'DurationComparison', name, op, valueNs: nanoseconds(duration), range };
  const bytes = findToken(node, t.Bytes);
  if (bytes !== null) return { kind: 'BytesComparison', name, op, valueBytes: bytes.payload as number, range };
  return { kind: 'NumberComparison', name, op, value: buildSignedNumber(nodeOf(node, 'signedNumber')), range };
}

/** `=` and `==` are the same here (fact 116). */
function numericOp(token: IToken): NumericOp {
  return token.image === '=' ? '==' : (token.image as NumericOp);
}
