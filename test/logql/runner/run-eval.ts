import { nodeRuntime } from '../../../src/common/node-runtime.ts';
import { resolveLimits } from '../../../src/config/limits.ts';
import { limitsSchema } from '../../../src/config/limits.ts';
import { Querier } from '../../../src/services/querier/querier.ts';
import type { DataSets } from './data-sets.ts';
import { formatError, formatResult } from './format-result.ts';
import type { Lane } from './lanes.ts';
import type { Block } from './script.ts';

const QUERY_MEMORY_BYTES = 256 << 20;
const EVAL_WORDS = ['log', 'instant', 'range', 'categorize'];

/** The answer of one lane, as a script shows it. */
export async function runEval(block: Block, lane: Lane, data: DataSets): Promise<string> {
  const unknown = block.words.find((word) => !EVAL_WORDS.includes(word));
  if (unknown !== undefined) throw new Error(`eval does not know the word ${unknown}`);
  try {
    const { result } = await querierOf(lane, data).query(requestOf(block, lane, data));
    const isLog = block.words.includes('log');
    if (isLog !== (result.kind === 'LogResult')) throw new Error(`the answer is a ${result.kind}`);
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
