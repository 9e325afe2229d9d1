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
  const isHidden = (name: string): boolean =>
    streams.every((labels) => labels.has(name)) && !metadata.includes(`${name}_extracted`);
  return { ...scan, projection: { line, metadata: metadata.filter((name) => !isHidden(name)) } };
}
