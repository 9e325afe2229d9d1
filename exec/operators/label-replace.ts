import type { LabelReplace as LabelReplaceNode } from '../../planner/physical/plan.ts';
import { must } from '../../src/common/assert.ts';
import type { Labels } from '../../src/common/labels.ts';
import { compileRegexp } from '../../src/common/regexp/compile.ts';
import { parseReplacement } from '../../src/common/regexp/expand.ts';
import type { CompiledRegexp } from '../../src/common/regexp/regexp.ts';
import type { Operator } from '../operator.ts';
import { BlockOperator } from './block-operator.ts';
import { asVector, type SeriesBlock } from './series-block.ts';

/** label_replace (fact 80). Series that end up with equal labels stay apart, as in Loki. */
export class LabelReplace extends BlockOperator {
  readonly #node: LabelReplaceNode;
  readonly #pattern: CompiledRegexp;
  readonly #replacement: ReturnType<typeof parseReplacement>;

  constructor(node: LabelReplaceNode, input: Operator<SeriesBlock>) {
    super([input]);
    this.#node = node;
    this.#pattern = compileRegexp(node.pattern, { anchored: true, dotAll: false });
    this.#replacement = parseReplacement(node.replacement, this.#pattern.groupNames);
  }

  protected override compute([input]: readonly SeriesBlock[]): SeriesBlock {
    const block = asVector(must(input));
    const labels = block.labels().map((set) => this.#replace(set));
    return { ...block, labels: () => labels, isOrdered: false, groupedBy: null };
  }

  #replace(labels: Labels): Labels {
    const { source, destination } = this.#node;
    const groups = this.#pattern.exec(labels.get(source) ?? '');
    if (groups === null) return labels;
    let value = '';
    for (const piece of this.#replacement) value += typeof piece === 'string' ? piece : (groups[piece.group] ?? '');
    return value === '' ? labels.omit([destination]) : labels.with(destination, value);
  }
}
