import type { BinaryOp as BinaryOpNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import { isSetOperator } from '../aggregate/arithmetic.ts';
import { type SampleOperation, sampleOperation } from '../aggregate/sample-operation.ts';
import type { Operator, QueryContext } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import { matchVectors } from './match-vectors.ts';
import { releaseSeriesBlock, type SeriesBlock, withoutEmptySeries } from './series-block.ts';
import { combineSets } from './set-operation.ts';

/** Binary operations (facts 69 to 79). */
export class BinaryOp extends BlockOperator {
  readonly #node: BinaryOpNode;
  readonly #context: QueryContext;

  constructor(node: BinaryOpNode, left: Operator<SeriesBlock>, right: Operator<SeriesBlock>, context: QueryContext) {
    super([left, right]);
    this.#node = node;
    this.#context = context;
  }

  protected override compute(inputs: readonly SeriesBlock[]): SeriesBlock {
    const left = must(inputs[0]);
    const right = must(inputs[1]);
    const { op, matching, returnBool } = this.#node;
    const { budget } = this.#context;
    if (isSetOperator(op)) return combineSets(op, left, right, matching, this.#context);
    const isScalarPair = left.type === 'scalar' && right.type === 'scalar';
    const operation = sampleOperation(op, returnBool || isScalarPair);
    if (left.type === 'scalar' || right.type === 'scalar') {
      const result =
        left.type === 'scalar' ? withScalarLeft(left, right, operation) : withScalarRight(left, right, operation);
      releaseSeriesBlock(left.type === 'scalar' ? left : right, budget);
      return withoutEmptySeries(result, budget);
    }
    return matchVectors(left, right, matching, operation, this.#context);
  }
}

/** In place on the vector, which keeps its labels (fact 70); with two scalars the result is the right one. */
function withScalarLeft(scalar: SeriesBlock, vector: SeriesBlock, operation: SampleOperation): SeriesBlock {
  const { values, present, steps } = vector;
  for (let i = 0; i < values.length; i++) {
    const left = scalar.values[i % steps];
    const right = values[i];
    if (present[i] === 0) continue;
    if (operation.keep(left, right)) values[i] = operation.value(left, right, true);
    else present[i] = 0;
  }
  return vector;
}

function withScalarRight(vector: SeriesBlock, scalar: SeriesBlock, operation: SampleOperation): SeriesBlock {
  const { values, present, steps } = vector;
  for (let i = 0; i < values.length; i++) {
    const left = values[i];
    const right = scalar.values[i % steps];
    if (present[i] === 0) continue;
    if (operation.keep(left, right)) values[i] = operation.value(left, right, false);
    else present[i] = 0;
  }
  return vector;
}
