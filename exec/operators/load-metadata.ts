import type { LabelPredicate, Stage } from '../../planner/ir/stage.ts';
import type { Projection } from '../../planner/logical/plan.ts';
import type { OptionalValues, UnitReader } from '../../storage/read/unit-reader.ts';

/** Suffix of metadata whose name is that of a stream label (fact 122). */
const DUPLICATE_SUFFIX = '_extracted';

/**
 * Structured metadata of the given names; names that no row has are left out. A name ending in `_extracted` may be the
 * other name of a metadata key, which is then loaded too.
 */
export async function loadMetadata(
  reader: UnitReader,
  names: Projection['metadata'],
): Promise<Map<string, OptionalValues>> {
  const columns = new Map<string, OptionalValues>();
  const wanted = names === 'all' ? await reader.metadataNames() : withOriginals(names);
  for (const name of wanted) {
    const column = await reader.metadata(name);
    if (column !== null) columns.set(name, column);
  }
  return columns;
}

function withOriginals(names: readonly string[]): Iterable<string> {
  const wanted = new Set(names);
  for (const name of names) {
    if (name.endsWith(DUPLICATE_SUFFIX)) wanted.add(name.slice(0, -DUPLICATE_SUFFIX.length));
  }
  return wanted;
}

/** Labels that label filters among the stages read. */
export function predicateNames(stages: readonly Stage[]): readonly string[] {
  const names = new Set<string>();
  for (const stage of stages) if (stage.kind === 'LabelFilter') addNames(stage.predicate, names);
  return [...names];
}

function addNames(predicate: LabelPredicate, names: Set<string>): void {
  switch (predicate.kind) {
    case 'And':
    case 'Or':
      addNames(predicate.left, names);
      addNames(predicate.right, names);
      break;
    case 'String':
      names.add(predicate.matcher.name);
      break;
    default:
      names.add(predicate.name);
  }
}
