import type { CountedAhead } from './count-ahead.ts';
import type { ExchangeItem } from './exchange-codec.ts';
import type { FragmentReport } from './fragment-report.ts';
import type { FragmentRun } from './fragment-runner.ts';

/** A fragment of which a part was counted before workers were asked for the rest. */
export class AheadRun implements FragmentRun {
  readonly #rest: FragmentRun;
  readonly #report: FragmentReport;
  #partial: CountedAhead['partial'] | null;

  constructor({ partial, report }: CountedAhead, rest: FragmentRun) {
    this.#partial = partial;
    this.#report = report;
    this.#rest = rest;
  }

  get reports(): readonly FragmentReport[] {
    return [this.#report, ...this.#rest.reports];
  }

  get failure(): FragmentRun['failure'] {
    return this.#rest.failure;
  }

  async next(): Promise<ExchangeItem | null> {
    const counted = this.#partial;
    if (counted === null) return await this.#rest.next();
    this.#partial = null;
    const partial = await counted();
    return partial === null ? await this.#rest.next() : { kind: 'Partial', partial };
  }

  cancel(): void {
    this.#rest.cancel();
  }
}
