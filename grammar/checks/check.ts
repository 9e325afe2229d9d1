import type { AnyNode } from '../visit.ts';

/**
 * One thing that a query must keep to besides its syntax. Called for every node; throws LogQLError for a node that
 * breaks it.
 */
export interface Check {
  readonly name: string;
  readonly node: (node: AnyNode) => void;
}
