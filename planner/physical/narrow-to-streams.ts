import type { Labels } from '../../src/common/labels.ts';
import type { Scan } from '../logical/plan.ts';

/**
 * The scan without metadata columns that cannot show: where every selected stream has a label of the name, metadata of
 * that name is called `<name>_extracted` (spec fact 122). So `sum by (app)` reads no metadata page when `app` is a label
 * of all streams. A column stays when something reads it under its other name.
 */
export function narrowToStreams(scan: Scan, streams: readonly Labels[]): Scan {
  const { line, metadata } = scan.projection;
  if (metadata === 'all') return scan;
  const isHidden = (name: string): boolean => !metadata.includes(`${name}_extracted`) && allHave(streams, name);
  return { ...scan, projection: { line, metadata: metadata.filter((name) => !isHidden(name)) } };
}

/** By list of streams, which the catalog keeps where a query asks for many again: names that all or not all have. */
const known = new WeakMap<readonly Labels[], Map<string, boolean>>();
/** Names kept of one list of streams. */
const NAMES_MAX = 64;

function allHave(streams: readonly Labels[], name: string): boolean {
  const names = known.get(streams) ?? new Map<string, boolean>();
  const answer = names.get(name) ?? streams.every((labels) => labels.has(name));
  if (names.size < NAMES_MAX) names.set(name, answer);
  known.set(streams, names);
  return answer;
}
