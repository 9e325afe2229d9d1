import * as t from '../tokens.ts';

/** `head` may be replaced by `body`; symbols are the displays of tokens or the heads of other productions. */
export interface Production {
  readonly head: string;
  readonly body: readonly string[];
}

/**
 * LogQL once more, as the productions of a bottom-up parser: one a line, the head first. `parser.ts` is what parses;
 * this form exists because Loki's messages name what *its* kind of parser could have taken next, and that depends on
 * how rules share beginnings. A test holds the two to the same language.
 */
const RULES = `
expression        log
expression        metric
expression        variants

log               selector
log               selector pipeline
log               ( log )

selector          { }
selector          { matchers }
matchers          matcher
matchers          matchers , matcher
matcher           IDENTIFIER = STRING
matcher           IDENTIFIER != STRING
matcher           IDENTIFIER =~ STRING
matcher           IDENTIFIER !~ STRING

pipeline          stage
pipeline          pipeline stage
stage             lineFilters
stage             | logfmt
stage             | logfmt parserFlags
stage             | logfmt extractions
stage             | logfmt parserFlags extractions
stage             | json
stage             | json extractions
stage             | regexp STRING
stage             | pattern STRING
stage             | unpack
stage             | decolorize
stage             | line_format STRING
stage             | label_format labelFormats
stage             | labelFilter
stage             | drop labelTargets
stage             | keep labelTargets

lineFilters       lineFilter
lineFilters       lineFilters lineFilter
lineFilter        lineFilterOp lineFilterChain
lineFilterChain   STRING
lineFilterChain   ip ( STRING )
lineFilterChain   STRING or lineFilterChain
lineFilterChain   ip ( STRING ) or lineFilterChain

parserFlags       PARSER_FLAG
parserFlags       parserFlags PARSER_FLAG
extractions       extraction
extractions       extractions , extraction
extraction        IDENTIFIER
extraction        IDENTIFIER = STRING
labelFormats      labelFormat
labelFormats      labelFormats , labelFormat
labelFormat       IDENTIFIER = IDENTIFIER
labelFormat       IDENTIFIER = STRING
labelTargets      labelTarget
labelTargets      labelTargets , labelTarget
labelTarget       IDENTIFIER
labelTarget       matcher

labelFilter       matcher
labelFilter       IDENTIFIER = ip ( STRING )
labelFilter       IDENTIFIER != ip ( STRING )
labelFilter       IDENTIFIER = quantity
labelFilter       IDENTIFIER != quantity
labelFilter       IDENTIFIER == quantity
labelFilter       IDENTIFIER > quantity
labelFilter       IDENTIFIER >= quantity
labelFilter       IDENTIFIER < quantity
labelFilter       IDENTIFIER <= quantity
labelFilter       ( labelFilter )
labelFilter       labelFilter labelFilter
labelFilter       labelFilter , labelFilter
labelFilter       labelFilter and labelFilter
labelFilter       labelFilter or labelFilter
quantity          DURATION
quantity          BYTES
quantity          number
number            NUMBER
number            + NUMBER
number            - NUMBER

metric            rangeAggregation
metric            vectorAggregation
metric            binary
metric            number
metric            label_replace ( metric , STRING , STRING , STRING , STRING )
metric            VECTOR ( NUMBER )
metric            ( metric )
variants          VARIANTS ( variantList OF ( logRange )
variantList       metric )
variantList       metric , variantList

rangeAggregation  rangeFunction ( logRange )
rangeAggregation  rangeFunction ( NUMBER , logRange )
rangeAggregation  rangeFunction ( logRange ) grouping
rangeAggregation  rangeFunction ( NUMBER , logRange ) grouping
vectorAggregation vectorFunction ( metric )
vectorAggregation vectorFunction grouping ( metric )
vectorAggregation vectorFunction ( metric ) grouping
vectorAggregation vectorFunction ( NUMBER , metric )
vectorAggregation vectorFunction grouping ( NUMBER , metric )
vectorAggregation vectorFunction ( NUMBER , metric ) grouping
grouping          by ( )
grouping          by ( names )
grouping          without ( )
grouping          without ( names )
names             IDENTIFIER
names             names , IDENTIFIER

binary            expression operator modifier expression
modifier          boolean
modifier          match
modifier          match group
modifier          match group ( )
modifier          match group ( names )
boolean
boolean           bool
match             boolean on ( )
match             boolean on ( names )
match             boolean ignoring ( )
match             boolean ignoring ( names )
group             group_left
group             group_right

logRange          selector range
logRange          selector range unwrapping
logRange          selector range pipeline
logRange          selector range pipeline unwrapping
logRange          selector unwrapping range
logRange          selector pipeline range
logRange          selector pipeline unwrapping range
logRange          ( selector ) range
logRange          ( selector ) range unwrapping
logRange          ( selector unwrapping ) range
logRange          ( selector pipeline ) range
logRange          ( selector pipeline unwrapping ) range
logRange          ( logRange )
range             RANGE
range             RANGE offset DURATION
unwrapping        | unwrap IDENTIFIER
unwrapping        | unwrap conversion ( IDENTIFIER )
unwrapping        unwrapping | labelFilter
`;

/** Heads that stand for any token of a family. */
const FAMILIES = {
  lineFilterOp: t.LineFilterOperator,
  rangeFunction: t.RangeFunction,
  vectorFunction: t.VectorFunction,
  conversion: t.ConversionFunction,
  operator: t.BinaryOperator,
};

/** The first production is the start. */
export const productions: readonly Production[] = [
  { head: 'query', body: ['expression'] },
  ...RULES.split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(/\s+/))
    .map(([head = '', ...body]) => ({ head, body })),
  ...Object.entries(FAMILIES).flatMap(([head, family]) =>
    t.membersOf(family).map((type) => ({ head, body: [t.displayOf(type)] })),
  ),
];
