import type { RegexpNode } from './ast.ts';

/**
 * A smaller expression that matches somewhere in a text exactly when `node` does: no groups, and at both ends
 * repetitions cut down to their minimum. `.*\d+ms.*` becomes `\dms`. Not for finding where a match is.
 */
export function existenceOf(node: RegexpNode): RegexpNode {
  return trim(withoutCaptures(node), true, true);
}

function withoutCaptures(node: RegexpNode): RegexpNode {
  switch (node.kind) {
    case 'Capture':
      return withoutCaptures(node.body);
    case 'Repeat':
      return { ...node, body: withoutCaptures(node.body) };
    case 'Concat':
      return joined(node.items.map(withoutCaptures));
    case 'Alternate':
      return { kind: 'Alternate', items: node.items.map(withoutCaptures) };
    default:
      return node;
  }
}

/** `atStart` and `atEnd`: whether nothing of the expression stands before or after the node. */
function trim(node: RegexpNode, atStart: boolean, atEnd: boolean): RegexpNode {
  if (!atStart && !atEnd) return node;
  switch (node.kind) {
    case 'Repeat':
      if (node.min === 0) return { kind: 'Empty' };
      if (node.min > 1) return { ...node, max: node.min };
      return trim(node.body, atStart, atEnd);
    case 'Concat':
      return trimConcat(node.items, atStart, atEnd);
    case 'Alternate':
      return { kind: 'Alternate', items: node.items.map((item) => trim(item, atStart, atEnd)) };
    default:
      return node;
  }
}

function trimConcat(items: readonly RegexpNode[], atStart: boolean, atEnd: boolean): RegexpNode {
  const kept = [...items];
  while (atStart && kept.length > 1) {
    const first = trim(kept[0], true, false);
    if (first.kind !== 'Empty') {
      kept[0] = first;
      break;
    }
    kept.shift();
  }
  while (atEnd && kept.length > 1) {
    const last = trim(kept[kept.length - 1], false, true);
    if (last.kind !== 'Empty') {
      kept[kept.length - 1] = last;
      break;
    }
    kept.pop();
  }
  return kept.length === 1 ? trim(kept[0], atStart, atEnd) : joined(kept);
}

/** A concatenation without empty or nested parts. */
function joined(items: readonly RegexpNode[]): RegexpNode {
  const flat = items.flatMap((item) => (item.kind === 'Concat' ? item.items : item.kind === 'Empty' ? [] : [item]));
  if (flat.length === 0) return { kind: 'Empty' };
  return flat.length === 1 ? flat[0] : { kind: 'Concat', items: flat };
}
