import type { Labels } from '../../common/labels.ts';
import { isNumber } from './field-type.ts';

export interface DetectedLabel {
  readonly label: string;
  /** Distinct values. */
  readonly cardinality: number;
}

/** Labels that are worth showing whatever their values are. */
const ALWAYS_SHOWN = new Set(['cluster', 'namespace', 'instance', 'pod']);
const UUID = /^(?:urn:uuid:)?\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i;

/** Labels of streams that help to choose among them: those whose values are all identifiers do not. */
export function detectLabels(streams: Iterable<Labels>): DetectedLabel[] {
  const values = new Map<string, Set<string>>();
  for (const { pairs } of streams) {
    for (const [name, value] of pairs) {
      const known = values.get(name);
      if (known === undefined) values.set(name, new Set([value]));
      else known.add(value);
    }
  }
  return [...values]
    .filter(([name, own]) => ALWAYS_SHOWN.has(name) || ![...own].every(isIdentifier))
    .map(([label, own]) => ({ label, cardinality: own.size }));
}

/** A number or a UUID; 0 and 1 may be a boolean. */
function isIdentifier(value: string): boolean {
  return (isNumber(value) && value !== '0' && value !== '1') || UUID.test(value);
}
