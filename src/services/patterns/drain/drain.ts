import { patternText } from './pattern-text.ts';
import type { TokenizedLine } from './tokenize.ts';

/** Levels of words in the tree. */
const DEPTH_MAX = 28;
/** Different words at one place of the tree; further ones share a wildcard. */
const CHILDREN_MAX = 15;
/** Part of the words that a line must have in common with a pattern. */
const SIMILARITY_MIN = 0.3;
const WILDCARD = '<_>';

/** Lines that have a pattern in common. */
export class Cluster {
  /** The words of the pattern; null is a wildcard. */
  readonly words: (string | null)[];
  readonly line: TokenizedLine;
  readonly siblings: Set<Cluster>;
  /** Lines that it took in. */
  size = 0;
  /** It was given up for want of room; its lines count no more. */
  isEvicted = false;

  constructor(line: TokenizedLine, siblings: Set<Cluster>) {
    this.words = [...line.words];
    this.line = line;
    this.siblings = siblings;
  }

  /** As `|>` takes it; empty when it has no text of its own. */
  get text(): string {
    return patternText(this.words, this.line);
  }
}

interface TreeNode {
  readonly children: Map<string, TreeNode>;
  readonly clusters: Set<Cluster>;
}

const newNode = (): TreeNode => ({ children: new Map(), clusters: new Set() });

/**
 * Groups lines by patterns as the Drain algorithm does (features section 12): lines with the same text between their
 * words go down a tree by their first words, and at its leaf join the pattern that they are most similar to, whose words
 * become wildcards where they differ. Words with digits are taken as variable from the start. Of more patterns than
 * `clustersMax`, the one that got no line for longest is given up.
 */
export class Drain {
  readonly #clustersMax: number;
  readonly #roots = new Map<string, TreeNode>();
  /** In the order of their last line. */
  readonly #clusters = new Set<Cluster>();

  constructor(clustersMax: number) {
    this.#clustersMax = clustersMax;
  }

  get clusters(): Iterable<Cluster> {
    return this.#clusters;
  }

  /** Finds or starts the pattern of a line, and counts it. */
  add(line: TokenizedLine): Cluster {
    const leaf = this.#leafOf(line);
    const found = mostSimilar(leaf.clusters, line.words);
    const cluster = found ?? new Cluster(line, leaf.clusters);
    if (found === null) leaf.clusters.add(cluster);
    else generalize(found, line.words);
    cluster.size++;
    this.#clusters.delete(cluster);
    this.#clusters.add(cluster);
    if (this.#clusters.size > this.#clustersMax) this.#evict();
    return cluster;
  }

  #leafOf({ words, gaps, before, after }: TokenizedLine): TreeNode {
    const shape = `${before ? '<' : ''}${gaps.join('\0')}${after ? '>' : ''}`;
    let node = this.#roots.get(shape);
    if (node === undefined) this.#roots.set(shape, (node = newNode()));
    const depth = Math.min(words.length, DEPTH_MAX);
    for (let i = 0; i < depth; i++) node = childOf(node, hasDigit(words[i]) ? WILDCARD : words[i]);
    return node;
  }

  #evict(): void {
    for (const oldest of this.#clusters) {
      oldest.isEvicted = true;
      oldest.siblings.delete(oldest);
      this.#clusters.delete(oldest);
      return;
    }
  }
}

function childOf(node: TreeNode, word: string): TreeNode {
  const { children } = node;
  const known = children.get(word);
  if (known !== undefined) return known;
  const isFull = children.size >= CHILDREN_MAX;
  const key = isFull ? WILDCARD : word;
  const child = children.get(key) ?? newNode();
  children.set(key, child);
  return child;
}

function mostSimilar(clusters: Iterable<Cluster>, words: readonly string[]): Cluster | null {
  let best: Cluster | null = null;
  let bestCount = words.length * SIMILARITY_MIN;
  for (const cluster of clusters) {
    const count = wordsInCommon(cluster.words, words);
    if (count < bestCount || (count === bestCount && best !== null)) continue;
    best = cluster;
    bestCount = count;
  }
  return best;
}

/** Words that are equal, or variable on both sides. */
function wordsInCommon(pattern: readonly (string | null)[], words: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < words.length; i++) {
    const own = pattern[i];
    if (own === words[i] || (hasDigit(words[i]) && (own === null || hasDigit(own)))) count++;
  }
  return count;
}

function generalize(cluster: Cluster, words: readonly string[]): void {
  for (let i = 0; i < words.length; i++) if (cluster.words[i] !== words[i]) cluster.words[i] = null;
}

function hasDigit(word: string): boolean {
  for (let i = 0; i < word.length; i++) {
    const code = word.charCodeAt(i);
    if (code >= 0x30 && code <= 0x39) return true;
  }
  return false;
}
