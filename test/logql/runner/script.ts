import type { QueryParams } from '../../../planner/logical/query-params.ts';
import type { Entry } from '../../../storage/head/testing/entries.ts';

/** Offsets in scripts count from here: 2026-01-01T00:00:00Z. */
export const EPOCH_NS = 1_767_225_600_000_000_000n;

/** A `*.lqt` file. */
export interface Script {
  /** File name without folders. */
  readonly name: string;
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
}

/** What a block does with its query. */
export type BlockKind = 'eval' | 'plan' | 'rules' | 'rewrite' | 'explain';

export interface Block {
  readonly kind: BlockKind;
  /** 1-based number of the line that the block starts with. */
  readonly line: number;
  readonly endLine: number;
  /** Everything that the script has loaded above the block, in order of arrival. */
  readonly entries: readonly Entry[];
  /** Words of the header after the kind that are not parameters: `log`, `physical`, a rule's name. */
  readonly words: readonly string[];
  readonly params: QueryParams;
  readonly query: string;
  readonly skips: readonly Skip[];
  /** Of the expectation, `----` among them: [first, end) in `lines`, from 0. */
  readonly expectationStart: number;
  readonly expectationEnd: number;
}

/** A lane that cannot run the block yet. */
export interface Skip {
  readonly lane: string;
  readonly reason: string;
}

/** The expectation as it stands in the script. */
export function expectationOf({ lines }: Script, block: Block): string {
  return lines.slice(block.expectationStart, block.expectationEnd).join('\n');
}
