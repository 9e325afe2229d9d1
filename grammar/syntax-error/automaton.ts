import { assert, must } from '../../src/common/assert.ts';
import { displayOf, tokenOrder } from '../tokens.ts';
import { type Production, productions } from './productions.ts';

/** A production and how much of its body has been read. */
interface Item {
  readonly production: number;
  readonly read: number;
}

/** A state of the LR(0) automaton. Its followers are made when they are first asked for. */
interface State {
  readonly id: number;
  /** Items grouped by the symbol that comes next; each group becomes the kernel of the follower. */
  readonly next: ReadonlyMap<string, readonly Item[]>;
  /** The production whose body is complete. Read on every token that cannot be shifted (yacc's default reduction). */
  readonly reduction: Production | null;
}

const heads = new Set(productions.map((production) => production.head));
const byHead = Map.groupBy(productions.keys(), (index) => productions[index].head);
assert(!tokenOrder.some((type) => heads.has(displayOf(type))), 'a production must not be named like a token');
const states: State[] = [];
const idByKernel = new Map<string, number>();
const followers: Map<string, number>[] = [];

function stateOf(kernel: readonly Item[]): number {
  const key = kernel.map((item) => item.production * 64 + item.read).join();
  const known = idByKernel.get(key);
  if (known !== undefined) return known;
  const id = states.length;
  idByKernel.set(key, id);
  states.push(makeState(id, kernel));
  followers.push(new Map());
  return id;
}

function makeState(id: number, kernel: readonly Item[]): State {
  const items = [...kernel];
  const opened = new Set<string>();
  const next = new Map<string, Item[]>();
  const complete: Production[] = [];
  for (const item of items) {
    const production = must(productions[item.production]);
    const symbol = production.body[item.read];
    if (symbol === undefined) {
      complete.push(production);
      continue;
    }
    const advanced = { production: item.production, read: item.read + 1 };
    const group = next.get(symbol);
    if (group === undefined) next.set(symbol, [advanced]);
    else group.push(advanced);
    if (!heads.has(symbol) || opened.has(symbol)) continue;
    opened.add(symbol);
    for (const production of byHead.get(symbol) ?? []) items.push({ production, read: 0 });
  }
  assert(complete.length <= 1, `productions of a state must not compete: ${complete.map((p) => p.head).join()}`);
  return { id, next, reduction: complete[0] ?? null };
}

function follow(state: number, symbol: string): number | null {
  const known = followers[state]?.get(symbol);
  if (known !== undefined) return known;
  const kernel = states[state]?.next.get(symbol);
  if (kernel === undefined) return null;
  const id = stateOf(kernel);
  followers[state]?.set(symbol, id);
  return id;
}

const START = stateOf([{ production: 0, read: 0 }]);

/** Where reading stopped: after `position` tokens, with what could have come instead. */
export interface Stop {
  readonly position: number;
  /** Displays of the tokens that the state takes, in no order; empty after a complete query. */
  readonly expected: ReadonlySet<string>;
}

/**
 * Reads `symbols` (displays of tokens) and says where and why it stopped; null if they are a complete query. Linear.
 * Conflicts are settled by shifting; precedence does not change which tokens are wrong. `onReduction` is told each
 * production that the query is made of.
 */
export function readSymbols(symbols: readonly string[], onReduction?: (production: Production) => void): Stop | null {
  const stack = [START];
  for (let position = 0; ;) {
    const state = must(states[must(stack.at(-1))]);
    const symbol = symbols[position];
    const shifted = symbol === undefined ? null : follow(state.id, symbol);
    if (shifted !== null) {
      stack.push(shifted);
      position++;
      continue;
    }
    const reduction = state.reduction;
    if (reduction === null) return { position, expected: expectedIn(state) };
    onReduction?.(reduction);
    if (reduction.head === 'query') return symbol === undefined ? null : { position, expected: new Set() };
    stack.length -= reduction.body.length;
    stack.push(must(follow(must(stack.at(-1)), reduction.head)));
  }
}

function expectedIn(state: State): Set<string> {
  return new Set([...state.next.keys()].filter((symbol) => !heads.has(symbol)));
}
