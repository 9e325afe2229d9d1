import { nodeRuntime } from '../../../src/common/node-runtime.ts';
import { limitsSchema, resolveLimits } from '../../../src/config/limits.ts';
import { Querier } from '../../../src/services/querier/querier.ts';
import { askOracle } from './ask-oracle.ts';
import type { DataSets } from './data-sets.ts';
import { formatError, formatResult } from './format-result.ts';
import type { Lane } from './lanes.ts';
import type { Block } from './script.ts';

const QUERY_MEMORY_BYTES = 256 << 20;
const EVAL_WORDS = ['log', 'instant', 'range', 'categorize'];

/** The answer of one lane of the engine, as a script shows it. */
export async function runEval(block: Block, lane: Lane, data: DataSets): Promise<string> {
  return await textOf(block, async () => {
    const { result } = await querierOf(lane, data).query(requestOf(block, lane, data));
    return result;
  });
}

/** The oracle's answer. */
export async function runOracle(block: Block): Promise<string> {
  return await textOf(block, async () => askOracle(block));
}

async function textOf(block: Block, answer: () => Promise<Parameters<typeof formatResult>[0]>): Promise<string> {
  const unknown = block.words.find((word) => !EVAL_WORDS.includes(word));
  if (unknown !== undefined) throw new Error(`eval does not know the word ${unknown}`);
  try {
    const result = await answer();
    const isLog = block.words.includes('log');
    if (isLog !== (result.kind === 'LogResult')) return `---- the answer is a ${result.kind}`;
    return formatResult(result, { params: block.params, categorize: block.words.includes('categorize') });
  } catch (error) {
    return formatError(error, block.query);
  }
}

export function querierOf({ engine }: Pick<Lane, 'engine'>, { catalog }: DataSets): Querier {
  const limits = resolveLimits(limitsSchema.parse({}), false);
  return new Querier({
    engine,
    catalog,
    limits: () => limits,
    clock: nodeRuntime.clock,
    queryMemoryBytes: QUERY_MEMORY_BYTES,
  });
}

export function requestOf(block: Block, { state, disabledRules }: Lane, data: DataSets) {
  return {
    tenant: data.tenantOf(block.entries, state),
    query: block.query,
    params: block.params,
    signal: new AbortController().signal,
    disabledRules,
  };
}
