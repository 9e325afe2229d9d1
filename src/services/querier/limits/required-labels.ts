import { SkaldError } from '../../../common/errors.ts';
import { logExprsOf } from '../../../../grammar/visit.ts';
import type { QueryToCheck } from './query-check.ts';

/** required_labels and minimum_labels_number: of every selector of a range query. Instant queries are let through. */
export function checkRequiredLabels({ expr, params, limits }: QueryToCheck): void {
  if (params.instant) return;
  for (const { selector } of logExprsOf(expr)) {
    const present = selector.matchers.map(({ name }) => name);
    const missing = limits.required_labels.filter((name) => !present.includes(name));
    if (missing.length > 0) {
      throw new SkaldError(
        'query_limit',
        `stream selector is missing required matchers [${missing.join(', ')}], ` +
          `labels present in the query were [${present.join(', ')}]`,
      );
    }
    const min = limits.minimum_labels_number;
    if (present.length < min) {
      throw new SkaldError(
        'query_limit',
        `stream selector has less label matchers than required: (present: [${present.join(', ')}], ` +
          `number_present: ${present.length}, required_number_label_matchers: ${min})`,
      );
    }
  }
}
