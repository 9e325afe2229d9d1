import type { Labels } from '../../src/common/labels.ts';
import type { ExchangeItem } from './exchange-codec.ts';
import type { FragmentReport } from './fragment-report.ts';

/** Runs the fragments of one query. */
export interface FragmentRunner {
  /** Starts a fragment on the workers. Once per fragment. */
  start(fragment: number): FragmentRun;
  /** Labels of the groups by which a started fragment numbers its results; null where those have labels themselves. */
  groupsOf(fragment: number): readonly Labels[] | null;
}

/** A fragment at work. */
export interface FragmentRun {
  /** The next item of any worker; null when all workers have finished. Rejects when one failed. */
  next(): Promise<ExchangeItem | null>;
  /** Stops the workers at their next check; harmless when they have finished. */
  cancel(): void;
  /** Of the workers that have finished. */
  readonly reports: readonly FragmentReport[];
  /** Why the first of the workers that failed did so. It is known before any other worker is stopped for it. */
  readonly failure: { readonly error: unknown } | null;
}
