/** Bytes of a query, exclusive: Loki's bound. */
export const QUERY_BYTES_MAX = 131_072;

/** Open brackets of any kind at one place. Parsing is recursive; this keeps it inside the stack with room to spare. */
export const NESTING_DEPTH_MAX = 200;

/**
 * Operators and comparisons that can hang below one another: a chain of them is a tree as deep as the chain is long, and
 * everything that walks trees is recursive.
 */
export const CHAIN_LENGTH_MAX = 1_000;

/** Characters of a number with its units (`1h30m`), which the lexer tries as a whole before it takes the number alone. */
export const UNIT_RUN_MAX = 128;
