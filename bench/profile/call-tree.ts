import type { Profiler } from 'node:inspector';
import path from 'node:path';
import { must } from '../../src/common/assert.ts';

/** A function called from where its parent is, with the milliseconds spent below it. */
export interface CallTree {
  readonly name: string;
  /** `folder/file.ts:line`; empty for what has no source. */
  readonly place: string;
  selfMs: number;
  totalMs: number;
  readonly children: Map<string, CallTree>;
}

const ROOT = path.resolve(import.meta.dirname, '../..');
/** Time in which a thread did nothing. */
const IDLE = '(idle)';

/** Joins the profiles of all threads into one tree; idle time is left out. */
export function callTree(profiles: readonly Profiler.Profile[]): CallTree {
  const root = emptyTree('all threads', '');
  for (const profile of profiles) addProfile(root, profile);
  sumTotals(root);
  return root;
}

function addProfile(root: CallTree, { nodes, samples = [], timeDeltas = [] }: Profiler.Profile): void {
  const selfMs = new Map<number, number>();
  samples.forEach((id, i) => selfMs.set(id, (selfMs.get(id) ?? 0) + timeDeltas[i] / 1000));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const add = (parent: CallTree, node: Profiler.ProfileNode): void => {
    const { functionName } = node.callFrame;
    if (functionName === IDLE) return;
    const tree = functionName === '(root)' ? parent : childOf(parent, functionName || '(anonymous)', placeOf(node));
    tree.selfMs += selfMs.get(node.id) ?? 0;
    for (const child of node.children ?? []) add(tree, must(byId.get(child)));
  };
  add(root, nodes[0]);
}

/** Files of the project by their path, others by the end of theirs. */
function placeOf({ callFrame: { url, lineNumber } }: Profiler.ProfileNode): string {
  if (url === '') return '';
  const file = url
    .replace('file://', '')
    .replace(`${ROOT}/`, '')
    .replace(/^.*node_modules\//, '');
  return `${file}:${lineNumber + 1}`;
}

function childOf(parent: CallTree, name: string, place: string): CallTree {
  const key = `${name} ${place}`;
  let child = parent.children.get(key);
  if (child === undefined) parent.children.set(key, (child = emptyTree(name, place)));
  return child;
}

const emptyTree = (name: string, place: string): CallTree => ({
  name,
  place,
  selfMs: 0,
  totalMs: 0,
  children: new Map(),
});

function sumTotals(tree: CallTree): number {
  tree.totalMs = tree.selfMs;
  for (const child of tree.children.values()) tree.totalMs += sumTotals(child);
  return tree.totalMs;
}

export interface SelfTime {
  readonly name: string;
  readonly place: string;
  readonly ms: number;
}

/** Functions by the time spent in themselves, wherever they were called, longest first. */
export function selfTimes(root: CallTree): SelfTime[] {
  const times = new Map<string, { name: string; place: string; ms: number }>();
  const visit = ({ name, place, selfMs, children }: CallTree): void => {
    const key = `${name} ${place}`;
    const time = times.get(key) ?? { name, place, ms: 0 };
    time.ms += selfMs;
    times.set(key, time);
    for (const child of children.values()) visit(child);
  };
  visit(root);
  return [...times.values()].filter(({ ms }) => ms > 0).sort((a, b) => b.ms - a.ms);
}
