import type { RegexpNode } from './ast.ts';
import { hasCapture } from './translate.ts';

/**
 * An expression in which every character of a match belongs to exactly one group, so that positions follow from the
 * lengths of the groups. JavaScript tells positions with the `d` flag only, which costs many times the match itself.
 */
export interface Tiling {
  readonly root: RegexpNode;
  /** For every group of `root`, from 1 on: the group of the original expression, 0 for text between groups. */
  readonly groups: readonly number[];
}

/** Null when a group is optional, repeated, in an alternative or inside of another. */
export function tile(root: RegexpNode): Tiling | null {
  const items = root.kind === 'Concat' ? root.items : [root];
  const tiles: RegexpNode[] = [];
  const groups: number[] = [];
  let gap: RegexpNode[] = [];
  const capture = (body: RegexpNode, group: number): void => {
    groups.push(group);
    tiles.push({ kind: 'Capture', index: groups.length, name: '', body });
  };
  const closeGap = (): void => {
    if (gap.length > 0) capture({ kind: 'Concat', items: gap }, 0);
    gap = [];
  };
  for (const item of items) {
    if (item.kind === 'Capture') {
      if (hasCapture(item.body)) return null;
      closeGap();
      capture(item.body, item.index);
    } else if (hasCapture(item)) return null;
    else gap.push(item);
  }
  closeGap();
  return { root: { kind: 'Concat', items: tiles }, groups };
}
