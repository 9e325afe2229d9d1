/** One request. All cover the dataset's whole time range unless `hours` says otherwise. */
export type Step = RangeStep | InstantStep | LogStep | MetadataStep;

/** A metric range query whose step is its range, as dashboards send them. */
export interface RangeStep {
  readonly kind: 'Range';
  readonly query: string;
  readonly stepS: number;
  /** The label that tells the series apart; empty for one series without labels. */
  readonly groupBy: string;
  readonly answer: string;
}

/** An instant query at the end of the time range. */
export interface InstantStep {
  readonly kind: 'Instant';
  readonly query: string;
  readonly answer: string;
}

/** The newest lines. */
export interface LogStep {
  readonly kind: 'Log';
  readonly query: string;
  readonly limit: number;
  readonly answer: string;
}

export interface MetadataStep {
  readonly kind: 'Metadata';
  readonly path: string;
  /** `match[]`, where the endpoint takes one. */
  readonly matcher: string | null;
  readonly answer: string;
}

export interface BenchQuery {
  readonly id: string;
  readonly title: string;
  /**
   * What it selects, as names of the dataset's `selectedBytes`, once for each request: a scan has to read it. Queries
   * that end early, or read no line, are compared with the whole dataset.
   */
  readonly selects: readonly string[];
  readonly steps: readonly Step[];
  /** All steps at once; else one after another. */
  readonly isParallel: boolean;
}

/** A query of one request whose answer has the query's name. */
export function single(id: string, title: string, selects: string, step: StepWithoutAnswer): BenchQuery {
  return { id, title, selects: [selects], steps: [{ ...step, answer: id }], isParallel: false };
}

type WithoutAnswer<S> = S extends Step ? Omit<S, 'answer'> : never;
export type StepWithoutAnswer = WithoutAnswer<Step>;

export function range(query: string, stepS: number, groupBy: string): StepWithoutAnswer {
  return { kind: 'Range', query, stepS, groupBy };
}

export function instant(query: string): StepWithoutAnswer {
  return { kind: 'Instant', query };
}

export function log(query: string, limit: number): StepWithoutAnswer {
  return { kind: 'Log', query, limit };
}

export function metadata(path: string, matcher: string | null): StepWithoutAnswer {
  return { kind: 'Metadata', path, matcher };
}
