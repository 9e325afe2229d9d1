/** Bytes of a query, exclusive: Loki's bound. */
export const QUERY_BYTES_MAX = 131_072;

/** Open brackets of any kind at one place. Parsing is recursive; this keeps it inside the stack with room to spare. */
export const NESTING_DEPTH_MAX = 200;

/** Nodes from the root of a syntax tree to a leaf: what a chain of operators can grow to. */
export const TREE_DEPTH_MAX = 1_000;
