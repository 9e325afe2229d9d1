import { z } from 'zod';
import { messageOf, SkaldError } from '../common/errors.ts';
import type { Limits } from './limits.ts';
import { durationSetting, optionalSizeSetting } from './settings.ts';
import { describeIssues } from './read-yaml.ts';
import { strictestLimits } from './strictest-limits.ts';

/** Limits that a request brings for itself. */
export type RequestLimits = Partial<
  Pick<
    Limits,
    | 'max_query_length'
    | 'max_query_range'
    | 'max_query_lookback'
    | 'max_entries_limit_per_query'
    | 'query_timeout'
    | 'required_labels'
    | 'minimum_labels_number'
    | 'max_query_bytes_read'
  >
>;

const HEADER = 'X-Loki-Query-Limits';

const count = z.number().int().min(0).default(0);
const duration = durationSetting('0s');

/** The header's members under Loki's names (features section 6). What is 0 or not there is no limit. */
const headerSchema = z.object({
  maxQueryLength: duration,
  maxQueryInterval: duration,
  maxQueryLookback: duration,
  maxQueryTime: duration,
  maxEntriesLimitPerQuery: count,
  maxQueryBytesRead: optionalSizeSetting().default(0),
  requiredLabels: z.array(z.string()).nullable().default([]),
  minimumLabelsNumber: count,
});

/** Reads `X-Loki-Query-Limits`. Throws SkaldError `bad_request`. */
export function parseRequestLimits(header: string): RequestLimits {
  const parsed = headerSchema.safeParse(parseJson(header));
  if (!parsed.success) return refuse(describeIssues(parsed.error.issues, () => HEADER).join('; '));
  const limits = parsed.data;
  return {
    max_query_length: limits.maxQueryLength,
    max_query_range: limits.maxQueryInterval,
    max_query_lookback: limits.maxQueryLookback,
    query_timeout: limits.maxQueryTime,
    max_entries_limit_per_query: limits.maxEntriesLimitPerQuery,
    max_query_bytes_read: limits.maxQueryBytesRead,
    required_labels: limits.requiredLabels ?? [],
    minimum_labels_number: limits.minimumLabelsNumber,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return refuse(`${HEADER}: ${messageOf(error)}`);
  }
}

function refuse(reason: string): never {
  throw new SkaldError('bad_request', `Cannot read the limits of a request: ${reason}`);
}

/** A tenant's limits with those of the request, which make them stricter and never looser. */
export function withRequestLimits(limits: Limits, own: RequestLimits | undefined): Limits {
  return own === undefined ? limits : strictestLimits(limits, [{ ...limits, ...own }]);
}
