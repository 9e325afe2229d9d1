import { crc32c } from '@node-rs/crc32';
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { print } from '../../../../grammar/print.ts';
import type { QueryParams } from '../../../../planner/logical/query-params.ts';
import { floorDiv, msToNs, NS_PER_MS, type TimeRange } from '../../../common/time.ts';
import { NO_STATISTICS } from '../../../../exec/result/query-statistics.ts';
import type { PreparedQuery } from '../../querier/prepared-query.ts';
import { queryTypeOf } from '../../querier/query-type.ts';
import { type CacheUse, type FrontendAnswer, NO_CACHE_USE } from '../frontend-answer.ts';
import type { RunObserver } from '../query-runner.ts';
import type { Stamp } from './cached-steps.ts';
import type { ResultsCacheOptions, RunPart } from './results-cache-options.ts';
import { countSteps, hullOf, type StepRange, unite, within, without } from './step-ranges.ts';

const PREFIX = 'skald:no-results:v1';
/** Ranges of one entry; the newest are kept. */
const RANGES_MAX = 64;
const CHECKSUM_BYTES = 4;

/** Whole milliseconds in which a query finds nothing, as of a moment. */
interface NoResults {
  readonly stamp: Stamp;
  readonly empty: readonly StepRange[];
}

interface Known {
  readonly moment: number;
  /** What still holds of what was found. */
  readonly empty: readonly StepRange[];
  /** All that an entry may be about after the query, and its committed state (committed-state.ts). */
  readonly about: readonly StepRange[];
  readonly committed: string | null;
}

const schema = z.object({
  stamp: z.object({ process: z.string(), moment: z.number(), committed: z.string().nullable() }),
  empty: z.array(z.tuple([z.number(), z.number()]).transform(([first, last]) => ({ first, last }))),
});

/**
 * Where log queries that filter find nothing: as in Loki, only that is cached of log queries. A query runs for the part of
 * its range that is not known to be empty. What holds is decided as for steps (results-cache.ts).
 */
export class LogResultsCache {
  readonly #options: Omit<ResultsCacheOptions, 'compression'>;

  constructor(options: Omit<ResultsCacheOptions, 'compression'>) {
    this.#options = options;
  }

  /** Null for queries that it has nothing to do with. Errors are those of `run`. */
  async answer(prepared: PreparedQuery, observer: RunObserver, run: RunPart): Promise<FrontendAnswer | null> {
    const { params, expr, request } = prepared;
    const isUnwanted = request.noCache === true || request.analyze === true || (request.disabledRules ?? []).length > 0;
    if (isUnwanted || params === null || queryTypeOf(expr) !== 'filter') return null;
    const asked = wholeMilliseconds(params);
    if (asked === null) return null;
    const key = keyOf(prepared);
    const [encoded] = await this.#options.store.get([key]);
    const found = encoded === null || encoded === undefined ? null : decode(encoded);
    const known = this.#know(request.tenant, asked, found);
    const served = within(known.empty, asked);
    const hull = hullOf(served);
    if (hull !== null) observer.reads({ moment: known.moment, range: timesOf(hull) });
    const use: CacheUse = {
      ...NO_CACHE_USE,
      keysRequested: 1,
      keysFound: served.length > 0 ? 1 : 0,
      bytesReceived: encoded?.length ?? 0,
      servedNs: BigInt(countSteps(served)) * NS_PER_MS,
    };
    const left = partThatIsLeft(params, served);
    if (left === null) return { ...nothing(params), cache: use };
    const answer = await run(left);
    const isEmpty = answer.result.kind === 'LogResult' && answer.result.rows.length === 0;
    const bytesSent = isEmpty ? this.#store(prepared, key, asked, known) : 0;
    return { ...answer, cache: { ...use, bytesSent, keysStored: bytesSent > 0 ? 1 : 0 } };
  }

  /** What is still empty of what was, and the state of all that the new entry may be about. One synchronous turn. */
  #know(tenant: string, asked: StepRange, found: NoResults | null): Known {
    const { store, writes, process } = this.#options;
    const about = unite([...(found?.empty ?? []), asked]);
    const stateOf = (ranges: readonly StepRange[]): string | null => {
      const hull = hullOf(ranges);
      return store.outlivesProcess && hull !== null ? this.#options.committedState(tenant, timesOf(hull)) : null;
    };
    const known = { moment: writes.moment, about, committed: stateOf(about) };
    if (found === null) return { ...known, empty: [] };
    const { stamp, empty } = found;
    if (stamp.process !== process) {
      const committed = stateOf(empty);
      return { ...known, empty: committed !== null && committed === stamp.committed ? empty : [] };
    }
    const written = empty.flatMap((range) => writes.writtenSince(tenant, stamp.moment, timesOf(range)));
    return { ...known, empty: without(empty, written.map(millisecondsThatTouch)) };
  }

  /** The query has found nothing in all that was asked. Returns the bytes that were stored. */
  #store(prepared: PreparedQuery, key: string, asked: StepRange, known: Known): number {
    const { store, writes, process, clock } = this.#options;
    const { tenant } = prepared.request;
    const freshNs = msToNs(prepared.limits.max_cache_freshness_per_query);
    const last = Math.min(asked.last, Number(floorDiv(clock.nowNs() - freshNs, NS_PER_MS)) - 1);
    const empty = unite([...known.empty, { first: asked.first, last }]).slice(-RANGES_MAX);
    const hull = hullOf(empty);
    if (hull === null || last < asked.first) return 0;
    const isWhole = JSON.stringify(hullOf(known.about)) === JSON.stringify(hull);
    const isUntouched = writes.writtenSince(tenant, known.moment, timesOf(hull)).length === 0;
    const committed = isWhole && isUntouched ? known.committed : null;
    const value = encode({ stamp: { process, moment: known.moment, committed }, empty });
    void store.put([{ key, value }]);
    return value.length;
  }
}

function keyOf({ request, expr }: PreparedQuery): string {
  const question = JSON.stringify([request.tenant, print(expr)]);
  return `${PREFIX}:${createHash('sha256').update(question).digest('base64url')}`;
}

/** Milliseconds that lie in the range as a whole; null when there is none. */
function wholeMilliseconds({ startNs, endNs }: QueryParams): StepRange | null {
  const first = -Number(floorDiv(-startNs, NS_PER_MS));
  const last = Number(floorDiv(endNs, NS_PER_MS)) - 1;
  return first <= last ? { first, last } : null;
}

function timesOf({ first, last }: StepRange): TimeRange {
  return { start: BigInt(first) * NS_PER_MS, end: BigInt(last + 1) * NS_PER_MS };
}

function millisecondsThatTouch({ start, end }: TimeRange): StepRange {
  return { first: Number(floorDiv(start, NS_PER_MS)), last: -Number(floorDiv(-end, NS_PER_MS)) - 1 };
}

/** From the first to the last time that is not known to be empty; null when all of it is. */
function partThatIsLeft(params: QueryParams, empty: readonly StepRange[]): QueryParams | null {
  let { startNs, endNs } = params;
  for (const range of empty) {
    const { start, end } = timesOf(range);
    if (start <= startNs && end > startNs) startNs = end;
  }
  for (const range of [...empty].reverse()) {
    const { start, end } = timesOf(range);
    if (end >= endNs && start < endNs) endNs = start;
  }
  return startNs < endNs ? { ...params, startNs, endNs } : null;
}

function nothing({ direction }: QueryParams): Omit<FrontendAnswer, 'cache'> {
  const result = { kind: 'LogResult', direction, rows: [], warnings: [], statistics: NO_STATISTICS } as const;
  return { result, planned: null, runs: 0, retries: 0 };
}

/** JSON after its CRC32C. */
function encode({ stamp, empty }: NoResults): Uint8Array {
  const body = Buffer.from(JSON.stringify({ stamp, empty: empty.map(({ first, last }) => [first, last]) }));
  const encoded = new Uint8Array(CHECKSUM_BYTES + body.length);
  encoded.set(body, CHECKSUM_BYTES);
  new DataView(encoded.buffer).setUint32(0, crc32c(body), true);
  return encoded;
}

/** Null for bytes that `encode` did not write. */
function decode(encoded: Uint8Array): NoResults | null {
  if (encoded.length < CHECKSUM_BYTES) return null;
  const body = encoded.subarray(CHECKSUM_BYTES);
  if (new DataView(encoded.buffer, encoded.byteOffset).getUint32(0, true) !== crc32c(body)) return null;
  const parsed = schema.safeParse(JSON.parse(Buffer.from(body).toString('utf8')));
  return parsed.success ? parsed.data : null;
}
