/** What a query is asked with, beside its text. */
export interface QueryParams {
  /** Log query: `[startNs, endNs)`. Metric range query: first and last step. Instant query: both are its time. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  /** Positive in a metric range query; ignored in others. */
  readonly stepNs: bigint;
  /** Entries that a log query returns at most. */
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** Of a log query: entries are at least this far apart; 0 is off (spec fact 19). */
  readonly intervalNs: bigint;
  /** Length of the parts in which an interval counts (`split_queries_by_interval`); 0 or absent is the whole range. */
  readonly splitNs?: bigint;
  readonly instant: boolean;
}
