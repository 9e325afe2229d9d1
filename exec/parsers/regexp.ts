import { must } from '../../src/common/assert.ts';
import { compileRegexp } from '../../src/common/regexp/compile.ts';
import type { RegexpParser } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import { labelName } from './label-name.ts';
import { ImmediateFilters } from './immediate-filters.ts';
import { type LineParser, Needs, readRows } from './line-parser.ts';

/** Named groups of the first match become labels; a group that took no part is empty (fact 139). Never an error. */
export function compileRegexpParser(stage: Pick<RegexpParser, 'pattern' | 'needed' | 'immediateFilters'>): LineParser {
  const needs = new Needs(stage.needed);
  const regexp = compileRegexp(stage.pattern);
  const groups = regexp.groupNames
    .map((name, index) => ({ index, name: labelName(name) }))
    .filter(({ name }) => name !== '' && (needs.wants(name) || needs.wants(`${name}_extracted`)));
  if (groups.length === 0) return { parse: () => undefined };

  const filters = new ImmediateFilters(stage.immediateFilters);

  return {
    parse(batch: MutableBatch): void {
      const { values, offsets } = must(batch.line, 'regexp stage needs lines');
      const targets = groups.map(({ name }) => batch.labels.parseTarget(name, needs.wants));
      readRows(batch, filters, {
        read(row) {
          const spans = regexp.execBytes(values, offsets[row], offsets[row + 1]);
          if (spans === null) return 'Read';
          for (let g = 0; g < groups.length; g++) {
            const start = spans[2 * groups[g].index];
            const end = spans[2 * groups[g].index + 1];
            const column = targets[g].free(row);
            if (column === null) continue;
            column.writeSlice(row, values, Math.max(start, 0), Math.max(end, 0));
            if (filters.isAny && filters.refuses(column, row)) return 'Refused';
          }
          return 'Read';
        },
        fail: () => undefined,
      });
    },
  };
}
