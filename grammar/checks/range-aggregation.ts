import { formatFloat } from '../../src/common/go-number.ts';
import type { RangeAggregation, RangeAggregationOp } from '../ast.ts';
import { LogQLError } from '../logql-error.ts';
import type { Check } from './check.ts';

/** What a range aggregation aggregates (entries, unwrapped values or either) and whether it takes a grouping. */
interface Shape {
  readonly entries: boolean;
  readonly values: boolean;
  readonly grouping: boolean;
}

const ENTRIES: Shape = { entries: true, values: false, grouping: false };
const VALUES: Shape = { entries: false, values: true, grouping: false };
const GROUPED_VALUES: Shape = { entries: false, values: true, grouping: true };
const BOTH: Shape = { entries: true, values: true, grouping: false };

const SHAPES: Readonly<Record<RangeAggregationOp, Shape>> = {
  count_over_time: ENTRIES,
  bytes_over_time: ENTRIES,
  bytes_rate: ENTRIES,
  rate: BOTH,
  absent_over_time: BOTH,
  rate_counter: VALUES,
  sum_over_time: VALUES,
  avg_over_time: GROUPED_VALUES,
  min_over_time: GROUPED_VALUES,
  max_over_time: GROUPED_VALUES,
  stdvar_over_time: GROUPED_VALUES,
  stddev_over_time: GROUPED_VALUES,
  quantile_over_time: GROUPED_VALUES,
  first_over_time: GROUPED_VALUES,
  last_over_time: GROUPED_VALUES,
};

/** Parameter, grouping and unwrap fit the operation. */
export const rangeAggregationCheck: Check = {
  name: 'range-aggregation',
  node(node) {
    if (node.kind !== 'RangeAggregation') return;
    checkParameter(node);
    const shape = SHAPES[node.op];
    if (node.grouping !== null && !shape.grouping) refuse(`grouping not allowed for ${node.op} aggregation`);
    const unwraps = node.logRange.unwrap !== null;
    if (unwraps && !shape.values) refuse(`invalid aggregation ${node.op} with unwrap`);
    if (!unwraps && !shape.entries) refuse(`invalid aggregation ${node.op} without unwrap`);
  },
};

function checkParameter(node: RangeAggregation): void {
  const { op, parameter } = node;
  const takesParameter = op === 'quantile_over_time';
  if (takesParameter && parameter === null) refuse(`parameter required for operation ${op}`);
  if (takesParameter || parameter === null) return;
  refuse(`parameter ${formatFloat(parameter)} not supported for operation ${op}`);
}

function refuse(reason: string): never {
  throw LogQLError.of(reason);
}
