import { encodeUtf8 } from '../../src/common/utf8.ts';

/** The paths of a json stage as a tree: one walk over a line finds them all. */
export interface PathNode {
  /** Extractions whose path ends here. */
  readonly ends: number[];
  readonly keys: { readonly bytes: Uint8Array; readonly node: PathNode }[];
  readonly indices: Map<number, PathNode>;
}

/** The tree of paths; `ends` refers to their positions in `paths`. */
export function buildPathTree(paths: readonly (readonly (string | number)[])[]): PathNode {
  const root = emptyNode();
  paths.forEach((path, i) => {
    let node = root;
    for (const step of path) node = typeof step === 'number' ? indexChild(node, step) : keyChild(node, step);
    node.ends.push(i);
  });
  return root;
}

function emptyNode(): PathNode {
  return { ends: [], keys: [], indices: new Map() };
}

function indexChild(node: PathNode, index: number): PathNode {
  const child = node.indices.get(index) ?? emptyNode();
  node.indices.set(index, child);
  return child;
}

function keyChild(parent: PathNode, key: string): PathNode {
  const bytes = encodeUtf8(key);
  const existing = findKey(parent, bytes, 0, bytes.length);
  if (existing !== null) return existing;
  const node = emptyNode();
  parent.keys.push({ bytes, node });
  return node;
}

/** The child for the key `heap[start .. end)`, or null. */
export function findKey(node: PathNode, heap: Uint8Array, start: number, end: number): PathNode | null {
  for (const { bytes, node: child } of node.keys) {
    if (bytes.length !== end - start) continue;
    let i = 0;
    while (i < bytes.length && bytes[i] === heap[start + i]) i++;
    if (i === bytes.length) return child;
  }
  return null;
}
