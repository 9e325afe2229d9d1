import type { AnyNode } from '../../grammar/visit.ts';
import type { Expr } from '../../grammar/ast.ts';
import { walk } from '../../grammar/visit.ts';

/** Names of what an expression is made of: node kinds with their operators and options. */
export function shapesOf(expr: Expr): Set<string> {
  const found = new Set<string>();
  walk(expr, (node) => {
    for (const name of namesOf(node)) found.add(name);
  });
  return found;
}

function namesOf(node: AnyNode): string[] {
  switch (node.kind) {
    case 'Selector':
      return node.matchers.map(({ op }) => `Matcher ${op}`);
    case 'LineFilter':
      return [
        `LineFilter ${node.op}${node.alternatives.length > 1 ? ' or' : ''}${node.alternatives[0]?.ip ? ' ip' : ''}`,
      ];
    case 'Json':
      return [`Json${node.extractions.length > 0 ? ' paths' : ''}`];
    case 'Logfmt':
      return [
        `Logfmt${node.strict ? ' strict' : ''}${node.keepEmpty ? ' keep' : ''}${node.extractions.length > 0 ? ' keys' : ''}`,
      ];
    case 'StringComparison':
      return [`String ${node.matcher.op}`];
    case 'NumberComparison':
    case 'DurationComparison':
    case 'BytesComparison':
    case 'IpComparison':
      return [`${node.kind} ${node.op}`];
    case 'LabelFormat':
      return node.items.map(({ kind }) => `LabelFormat ${kind}`);
    case 'Drop':
    case 'Keep':
      return node.targets.map(({ matcher }) => `${node.kind}${matcher === null ? '' : ` ${matcher.op}`}`);
    case 'LogRange':
      return [
        `LogRange${node.offsetNs === 0n ? '' : ' offset'}`,
        ...(node.unwrap === null
          ? []
          : [`Unwrap ${node.unwrap.conversion ?? ''}${node.unwrap.postFilters.length > 0 ? ' filter' : ''}`]),
      ];
    case 'RangeAggregation':
    case 'VectorAggregation':
      return [`${node.op}${node.grouping === null ? '' : node.grouping.without ? ' without' : ' by'}`];
    case 'BinaryOp':
      return [
        `BinaryOp ${node.op}${node.returnBool ? ' bool' : ''}`,
        ...(node.matching === null ? [] : [`${node.matching.on ? 'on' : 'ignoring'} ${node.matching.group ?? 'one'}`]),
      ];
    default:
      return [node.kind];
  }
}
