import type { Labels } from './labels.ts';
import type { ScanUnit } from './scan-unit.ts';

/** What every wanted entry has. What certainly lacks one of them need not be read. */
export type Requirement = LineRequirement | MetadataRequirement;

/** The line contains all texts of at least one alternative. No text is empty. */
export interface LineRequirement {
  readonly kind: 'Line';
  readonly anyOf: readonly (readonly string[])[];
  /** ASCII letters count without case, and may be equal to letters outside of ASCII. All texts are ASCII. */
  readonly ignoreCase: boolean;
}

/**
 * The entry's labels, seen without parsers, have at least one of the pairs. No value is empty. It says something about
 * structured metadata only where no stream has a label of the name.
 */
export interface MetadataRequirement {
  readonly kind: 'Metadata';
  readonly anyOf: readonly { readonly name: string; readonly value: string }[];
}

export interface PruneRequest {
  /** All of them are required. */
  readonly requirements: readonly Requirement[];
  /** What the units refer to. */
  readonly streams: readonly Labels[];
  /** In the order in which they will be read. */
  readonly units: readonly ScanUnit[];
}

export interface PruneAnswer {
  /** Those that may have a wanted entry, in order. */
  readonly units: readonly ScanUnit[];
  readonly report: PruneReport;
}

export interface PruneReport {
  /** Row groups among the units, those that were looked up, and those of them that have a filter. */
  readonly rowGroups: number;
  readonly checked: number;
  readonly filtered: number;
  /** Row groups that are not read, by the first requirement that they lack. */
  readonly prunedBy: readonly number[];
  /** Chunks whose skip table could not be read: their row groups are. */
  readonly unreadable: number;
  readonly ms: number;
}
