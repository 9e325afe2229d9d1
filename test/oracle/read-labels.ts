import type { Grouping, LabelPredicate, RangeAggregation, Stage } from '../../grammar/ast.ts';
import type { Hints } from './oracle-pipeline.ts';
import { withPlainNames } from './parse-scope.ts';

/** What a metric query's parsers are told; 'none' is that no label is of interest (facts 46, 51). */
export function hintsOf(expr: RangeAggregation, stages: readonly Stage[], grouping: Grouping | null): Hints | 'none' {
  if (grouping === null || grouping.without) return { needed: null, preserveErrors: false };
  const read = new Set(stages.flatMap(labelsOfStage));
  const { unwrap } = expr.logRange;
  if (unwrap !== null) read.add(unwrap.label);
  for (const filter of unwrap?.postFilters ?? []) for (const name of labelsOfFilter(filter.predicate)) read.add(name);
  if (grouping.names.length === 0 && read.size === 0) return 'none';
  const preserveErrors = (grouping.names.length === 0 ? read : new Set(grouping.names)).has('__error__');
  return { needed: withPlainNames([...read, ...grouping.names]), preserveErrors };
}

function labelsOfStage(stage: Stage): string[] {
  switch (stage.kind) {
    case 'LabelFilter':
      return labelsOfFilter(stage.predicate);
    case 'LineFormat':
      return labelsOfTemplate(stage.template);
    case 'LabelFormat':
      return stage.items.flatMap((item) => (item.kind === 'Rename' ? [item.from] : labelsOfTemplate(item.template)));
    default:
      return [];
  }
}

function labelsOfFilter(predicate: LabelPredicate): string[] {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      return [...labelsOfFilter(predicate.left), ...labelsOfFilter(predicate.right)];
    case 'StringComparison':
      return [predicate.matcher.name];
    default:
      return [predicate.name];
  }
}

/** Fields `.name` between the braces of a template, those in its strings left out. */
function labelsOfTemplate(template: string): string[] {
  return [...template.matchAll(/\{\{[^]*?\}\}/g)].flatMap(([action]) =>
    [...action.replaceAll(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""').matchAll(/(?<![\w$])\.([A-Za-z_]\w*)/g)].map(
      ([, name]) => name,
    ),
  );
}
