import type {
  Grouping,
  LabelReplace,
  MetricExpr,
  RangeAggregation,
  Selector,
  VectorAggregation,
} from '../../grammar/ast.ts';
import { must, unreachable } from '../../src/common/assert.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { Labels } from '../../src/common/labels.ts';
import { floorDiv } from '../../src/common/time.ts';
import { re2 } from './compile-once.ts';
import { combine, type StepValue } from './binary-op.ts';
import type { OracleOptions, OracleParams, OracleStream } from './oracle-data.ts';
import { collectSamples, type OracleSample } from './oracle-samples.ts';
import { rangeValue } from './range-functions.ts';
import { averageAsShards } from './sharded-average.ts';
import { aggregateVector, type VectorSample } from './vector-aggregation.ts';

export interface OracleSeries {
  readonly labels: Labels;
  readonly points: readonly (readonly [timestampNs: bigint, value: number])[];
}

export interface OracleMetricResult {
  readonly type: 'scalar' | 'vector';
  /** By label set, unless an instant query sorts (facts 63 to 65). */
  readonly series: readonly OracleSeries[];
}

/** A metric query, step by step (fact 29). */
export function evaluateMetricQuery(
  expr: MetricExpr,
  data: readonly OracleStream[],
  params: OracleParams,
  options: OracleOptions,
): OracleMetricResult {
  const evaluation = new Evaluation(data);
  const asked = averageAsShards(expr);
  const steps = stepsOf(params, options);
  evaluation.checkErrors(asked, steps);
  const values = steps.map((step) => ({ step, value: evaluation.at(asked, step) }));
  const isScalar = values[0]?.value.kind === 'Scalar';
  const points = values.flatMap(({ step, value }) =>
    samplesOf(value).map((sample, i, all) => ({ step, ...sample, twin: twinsBefore(sample, all.slice(0, i)) })),
  );
  const series = [...Map.groupBy(points, ({ labels, twin }) => `${twin} ${labels.key}`).values()].map((group) => ({
    labels: must(group[0]).labels,
    points: group.map(({ step, value }) => [step, value] as const),
  }));
  if (!params.instant || !sorts(expr)) series.sort((a, b) => Labels.compare(a.labels, b.labels));
  return { type: isScalar ? 'scalar' : 'vector', series };
}

function samplesOf(value: StepValue): readonly VectorSample[] {
  return value.kind === 'Vector' ? value.samples : [{ labels: Labels.empty, value: value.value }];
}

/** Samples that label_replace made alike stay apart (fact 80). */
function twinsBefore({ labels }: VectorSample, before: readonly VectorSample[]): number {
  return before.filter((other) => other.labels.key === labels.key).length;
}

function stepsOf({ startNs, endNs, stepNs, instant }: OracleParams, { alignSteps }: OracleOptions): bigint[] {
  if (instant) return [startNs];
  const [first, last] =
    alignSteps === true ? [floorDiv(startNs, stepNs) * stepNs, -floorDiv(-endNs, stepNs) * stepNs] : [startNs, endNs];
  const steps: bigint[] = [];
  for (let step = first; step <= last; step += stepNs) steps.push(step);
  return steps;
}

function sorts(expr: MetricExpr): boolean {
  switch (expr.kind) {
    case 'VectorAggregation':
      return expr.op === 'sort' || expr.op === 'sort_desc' || sorts(expr.input);
    case 'BinaryOp':
      return sorts(expr.left) || sorts(expr.right);
    case 'LabelReplace':
      return sorts(expr.input);
    case 'Variants':
      return expr.variants.some(sorts);
    default:
      return false;
  }
}

class Evaluation {
  readonly #data: readonly OracleStream[];
  /** Rows do not depend on the step: they are read once per range aggregation. */
  readonly #samples = new Map<RangeAggregation, readonly OracleSample[]>();

  constructor(data: readonly OracleStream[]) {
    this.#data = data;
  }

  /** Fails with what the leftmost range aggregation fails with, at any of the steps: both sides are evaluated (fact 78). */
  checkErrors(expr: MetricExpr, steps: readonly bigint[], outer: VectorAggregation | null = null): void {
    switch (expr.kind) {
      case 'RangeAggregation':
        for (const step of steps) this.#rangeAggregation(expr, step, groupingAround(outer));
        break;
      case 'VectorAggregation':
        this.checkErrors(expr.input, steps, expr);
        break;
      case 'BinaryOp':
        this.checkErrors(expr.left, steps);
        this.checkErrors(expr.right, steps);
        break;
      case 'LabelReplace':
        this.checkErrors(expr.input, steps);
        break;
      case 'Variants':
        for (const variant of expr.variants) this.checkErrors(variant, steps);
        break;
      default:
    }
  }

  at(expr: MetricExpr, step: bigint): StepValue {
    switch (expr.kind) {
      case 'NumberLiteral':
        return { kind: 'Scalar', value: expr.value };
      case 'VectorLiteral':
        return { kind: 'Vector', samples: [{ labels: Labels.empty, value: expr.value }] };
      case 'BinaryOp':
        return combine(expr, this.at(expr.left, step), this.at(expr.right, step));
      case 'RangeAggregation':
        return { kind: 'Vector', samples: this.#rangeAggregation(expr, step, null) };
      case 'VectorAggregation': {
        const { input } = expr;
        const outer = groupingAround(expr);
        const samples =
          input.kind === 'RangeAggregation' ? this.#rangeAggregation(input, step, outer) : this.#vector(input, step);
        return { kind: 'Vector', samples: aggregateVector(expr, samples) };
      }
      case 'LabelReplace':
        return { kind: 'Vector', samples: this.#vector(expr.input, step).map((sample) => replaceLabel(expr, sample)) };
      case 'Variants':
        return { kind: 'Vector', samples: expr.variants.flatMap((variant, i) => this.#variant(variant, i, step)) };
      default:
        return unreachable(expr);
    }
  }

  #vector(expr: MetricExpr, step: bigint): readonly VectorSample[] {
    return samplesOf(this.at(expr, step));
  }

  /** fact 211. */
  #variant(expr: MetricExpr, index: number, step: bigint): VectorSample[] {
    return this.#vector(expr, step).map(({ labels, value }) => ({
      labels: labels.with('__variant__', String(index)),
      value,
    }));
  }

  /** The window is (step - offset - range, step - offset] (fact 30). */
  #rangeAggregation(expr: RangeAggregation, step: bigint, outer: Grouping | null): VectorSample[] {
    let all = this.#samples.get(expr);
    if (all === undefined) this.#samples.set(expr, (all = collectSamples(expr, this.#data, outer)));
    const { intervalNs, offsetNs, log } = expr.logRange;
    const end = step - offsetNs;
    const window = all.filter(({ timestampNs }) => timestampNs > end - intervalNs && timestampNs <= end);
    const failing = window.filter(({ error }) => error !== null).sort(byEntry);
    if (failing.length > 0) throw pipelineError(must(failing[0]));
    if (expr.op === 'absent_over_time') {
      return window.length > 0 ? [] : [{ labels: absentLabels(log.selector), value: 1 }];
    }
    return [...Map.groupBy(window, ({ labels }) => labels.key).values()]
      .map((samples) => ({ labels: must(samples[0]).labels, value: rangeValue(expr, samples) }))
      .sort((a, b) => Labels.compare(a.labels, b.labels));
  }
}

/** What parsers see of a `sum` around them (fact 46). */
function groupingAround(outer: VectorAggregation | null): Grouping | null {
  if (outer?.op !== 'sum') return null;
  return outer.grouping ?? { kind: 'Grouping', without: false, names: [], range: outer.range };
}

/** Labels that one equality matcher and nothing else asks for (fact 40). */
function absentLabels({ matchers }: Selector): Labels {
  const sole = matchers.filter(
    ({ name, op, value }) => op === '=' && value !== '' && matchers.filter((other) => other.name === name).length === 1,
  );
  return Labels.from(sole.map(({ name, value }) => [name, value]));
}

/** fact 80. */
function replaceLabel(expr: LabelReplace, { labels, value }: VectorSample): VectorSample {
  const { destination, replacement, source, pattern } = expr;
  const matcher = re2(pattern).matcher(labels.get(source) ?? '');
  if (!matcher.matches()) return { labels, value };
  const groups = re2(pattern).namedGroups();
  const text = replacement.replaceAll(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar, braced, bare) => {
    if (dollar !== undefined) return '$';
    const name = (braced ?? bare) as string;
    const index = /^\d+$/.test(name) ? Number(name) : groups[name];
    return index === undefined || index > matcher.groupCount() ? '' : (matcher.group(index) ?? '');
  });
  return { labels: text === '' ? labels.omit([destination]) : labels.with(destination, text), value };
}

/** The order in which entries with an error are named: by time, stream and labels. In Loki there is none. */
function byEntry(a: OracleSample, b: OracleSample): number {
  if (a.timestampNs !== b.timestampNs) return a.timestampNs < b.timestampNs ? -1 : 1;
  return Labels.compare(a.source, b.source) || Labels.compare(a.labels, b.labels);
}

/** fact 50. */
function pipelineError({ error, labels }: OracleSample): SkaldError {
  return new SkaldError(
    'pipeline_error',
    [
      `pipeline error: '${error}' for series: '${labels.key}'.`,
      `Use a label filter to intentionally skip this error. (e.g | __error__!="${error}").`,
      'To skip all potential errors you can match empty errors.(e.g __error__="")',
      'The label filter can also be specified after unwrap. (e.g | unwrap latency | __error__="" )',
      '',
    ].join('\n'),
  );
}
