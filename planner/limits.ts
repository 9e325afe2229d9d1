/** Nodes of a logical plan. Plans are walked recursively, and rules are quadratic at worst: both stay small. */
export const PLAN_NODES_MAX = 2_000;

/** Scans of one query, each of which becomes a fragment with its own tasks. */
export const FRAGMENTS_MAX = 128;

/** Runs of the whole rule list over a plan; a plan that still changes then is used as it is. */
export const OPTIMIZER_PASSES_MAX = 20;
