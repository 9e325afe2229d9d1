/** A node as text: one line, then notes under it, then its inputs. */
export interface TreeNode {
  readonly text: string;
  readonly notes?: readonly string[];
  readonly children: readonly TreeNode[];
}

/**
 * ```
 * TopK
 * └── Merge
 *     ├── Scan
 *     │     a note
 *     └── Scan
 * ```
 */
export function printTree(root: TreeNode): string {
  return linesOf(root).join('\n');
}

function linesOf({ text, notes = [], children }: TreeNode): string[] {
  const bar = children.length > 0 ? '│     ' : '      ';
  const inputs = children.flatMap((child, i) => {
    const isLast = i === children.length - 1;
    return linesOf(child).map((line, j) => (j === 0 ? (isLast ? '└── ' : '├── ') : isLast ? '    ' : '│   ') + line);
  });
  return [text, ...notes.map((note) => bar + note), ...inputs];
}
