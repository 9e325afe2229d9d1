import { CstParser, type CstNode, type IToken } from 'chevrotain';
import * as t from './tokens.ts';

/**
 * The syntax of LogQL: tokens → concrete syntax tree. No meaning here: `build-ast.ts` gives it.
 *
 * Two rules take more than the language has, because the difference needs no grammar but a look at what was read:
 * `expression` in parentheses may be a log or a metric query, and `logRange` may hold several ranges or none.
 * `build-ast.ts` refuses those.
 *
 * Where a token could continue what is open or begin something new, it continues what is open (Loki's parser prefers to
 * shift): `MAX_LOOKAHEAD: 1` says so.
 */
class LogQLParser extends CstParser {
  constructor() {
    super(t.vocabulary, { maxLookahead: 3, recoveryEnabled: false, nodeLocationTracking: 'onlyOffset' });
    this.performSelfAnalysis();
  }

  // -------------------------------------------------------------- expressions

  readonly query = this.RULE('query', () => {
    this.SUBRULE(this.expression);
  });

  /** Operands and operators in a row; precedence is applied to the row. */
  readonly expression = this.RULE('expression', () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.SUBRULE(this.operator);
      this.SUBRULE2(this.operand);
    });
  });

  readonly operator = this.RULE('operator', () => {
    this.CONSUME(t.BinaryOperator);
    this.OPTION(() => this.CONSUME(t.Bool));
    this.OPTION2(() => this.SUBRULE(this.vectorMatching));
  });

  readonly vectorMatching = this.RULE('vectorMatching', () => {
    this.OR([{ ALT: () => this.CONSUME(t.On) }, { ALT: () => this.CONSUME(t.Ignoring) }]);
    this.SUBRULE(this.labelNames);
    this.OPTION(() => {
      this.OR2([{ ALT: () => this.CONSUME(t.GroupLeft) }, { ALT: () => this.CONSUME(t.GroupRight) }]);
      this.OPTION2({ MAX_LOOKAHEAD: 1, DEF: () => this.SUBRULE2(this.labelNames, { LABEL: 'include' }) });
    });
  });

  /** `(a, b)`, which may be empty. */
  readonly labelNames = this.RULE('labelNames', () => {
    this.CONSUME(t.OpenParenthesis);
    this.OPTION(() => {
      this.CONSUME(t.Identifier);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.CONSUME2(t.Identifier);
      });
    });
    this.CONSUME(t.CloseParenthesis);
  });

  readonly operand = this.RULE('operand', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.logExpression) },
      { ALT: () => this.SUBRULE(this.parenthesized) },
      { ALT: () => this.SUBRULE(this.rangeAggregation) },
      { ALT: () => this.SUBRULE(this.vectorAggregation) },
      { ALT: () => this.SUBRULE(this.signedNumber) },
      { ALT: () => this.SUBRULE(this.labelReplace) },
      { ALT: () => this.SUBRULE(this.vectorLiteral) },
      { ALT: () => this.SUBRULE(this.variants) },
    ]);
  });

  readonly parenthesized = this.RULE('parenthesized', () => {
    this.CONSUME(t.OpenParenthesis);
    this.SUBRULE(this.expression);
    this.CONSUME(t.CloseParenthesis);
  });

  readonly rangeAggregation = this.RULE('rangeAggregation', () => {
    this.CONSUME(t.RangeFunction);
    this.CONSUME(t.OpenParenthesis);
    this.OPTION(() => {
      this.CONSUME(t.NumberToken);
      this.CONSUME(t.Comma);
    });
    this.SUBRULE(this.logRange);
    this.CONSUME(t.CloseParenthesis);
    this.OPTION2(() => this.SUBRULE(this.grouping));
  });

  readonly vectorAggregation = this.RULE('vectorAggregation', () => {
    this.CONSUME(t.VectorFunction);
    this.OPTION(() => this.SUBRULE(this.grouping));
    this.CONSUME(t.OpenParenthesis);
    this.OPTION2(() => {
      this.CONSUME(t.NumberToken);
      this.CONSUME(t.Comma);
    });
    this.SUBRULE(this.expression);
    this.CONSUME(t.CloseParenthesis);
    this.OPTION3(() => this.SUBRULE2(this.grouping, { LABEL: 'trailingGrouping' }));
  });

  readonly grouping = this.RULE('grouping', () => {
    this.OR([{ ALT: () => this.CONSUME(t.By) }, { ALT: () => this.CONSUME(t.Without) }]);
    this.SUBRULE(this.labelNames);
  });

  readonly signedNumber = this.RULE('signedNumber', () => {
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Add) }, { ALT: () => this.CONSUME(t.Subtract) }]);
    });
    this.CONSUME(t.NumberToken);
  });

  readonly labelReplace = this.RULE('labelReplace', () => {
    this.CONSUME(t.LabelReplace);
    this.CONSUME(t.OpenParenthesis);
    this.SUBRULE(this.expression);
    this.CONSUME(t.Comma);
    this.CONSUME(t.StringLiteral);
    this.CONSUME2(t.Comma);
    this.CONSUME2(t.StringLiteral);
    this.CONSUME3(t.Comma);
    this.CONSUME3(t.StringLiteral);
    this.CONSUME4(t.Comma);
    this.CONSUME4(t.StringLiteral);
    this.CONSUME(t.CloseParenthesis);
  });

  readonly vectorLiteral = this.RULE('vectorLiteral', () => {
    this.CONSUME(t.Vector);
    this.CONSUME(t.OpenParenthesis);
    this.CONSUME(t.NumberToken);
    this.CONSUME(t.CloseParenthesis);
  });

  readonly variants = this.RULE('variants', () => {
    this.CONSUME(t.Variants);
    this.CONSUME(t.OpenParenthesis);
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.expression);
    });
    this.CONSUME(t.CloseParenthesis);
    this.CONSUME(t.Of);
    this.CONSUME2(t.OpenParenthesis);
    this.SUBRULE(this.logRange);
    this.CONSUME2(t.CloseParenthesis);
  });

  // ---------------------------------------------------------------- log ranges

  /**
   * `{...} | json | unwrap x [5m] offset 1h`, in all the places where the range may stand (facts, section 2 of the
   * grammar): after the selector, after the pipeline, after parentheses around them.
   */
  readonly logRange = this.RULE('logRange', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.selector) },
      {
        ALT: () => {
          this.CONSUME(t.OpenParenthesis);
          this.SUBRULE(this.logRange);
          this.CONSUME(t.CloseParenthesis);
        },
      },
    ]);
    this.SUBRULE(this.stages);
    this.OPTION({ DEF: () => this.SUBRULE(this.unwrap) });
    this.OPTION2(() => {
      this.SUBRULE(this.range);
      this.SUBRULE2(this.stages, { LABEL: 'stagesAfter' });
      this.OPTION3({ DEF: () => this.SUBRULE2(this.unwrap, { LABEL: 'unwrapAfter' }) });
    });
  });

  readonly range = this.RULE('range', () => {
    this.CONSUME(t.RangeToken);
    this.OPTION(() => {
      this.CONSUME(t.Offset);
      this.CONSUME(t.Duration);
    });
  });

  readonly unwrap = this.RULE('unwrap', () => {
    this.CONSUME(t.Pipe);
    this.CONSUME(t.UnwrapWord);
    this.OR([
      { ALT: () => this.CONSUME(t.Identifier) },
      {
        ALT: () => {
          this.CONSUME(t.ConversionFunction);
          this.CONSUME(t.OpenParenthesis);
          this.CONSUME2(t.Identifier);
          this.CONSUME(t.CloseParenthesis);
        },
      },
    ]);
    this.MANY(() => {
      this.CONSUME2(t.Pipe);
      this.SUBRULE(this.labelFilter);
    });
  });

  // --------------------------------------------------------------- log queries

  readonly logExpression = this.RULE('logExpression', () => {
    this.SUBRULE(this.selector);
    this.SUBRULE(this.stages);
  });

  readonly selector = this.RULE('selector', () => {
    this.CONSUME(t.OpenBrace);
    this.OPTION(() => {
      this.SUBRULE(this.matcher);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.matcher);
      });
    });
    this.CONSUME(t.CloseBrace);
  });

  readonly matcher = this.RULE('matcher', () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.MatcherOperator);
    this.CONSUME(t.StringLiteral);
  });

  readonly stages = this.RULE('stages', () => {
    this.MANY({
      MAX_LOOKAHEAD: 1,
      GATE: () => this.LA(2).tokenType !== t.UnwrapWord,
      DEF: () => this.SUBRULE(this.stage),
    });
  });

  readonly stage = this.RULE('stage', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.lineFilter) },
      {
        ALT: () => {
          this.CONSUME(t.Pipe);
          this.OR2([
            { ALT: () => this.SUBRULE(this.jsonParser) },
            { ALT: () => this.SUBRULE(this.logfmtParser) },
            { ALT: () => this.SUBRULE(this.patternParser) },
            { ALT: () => this.SUBRULE(this.lineFormat) },
            { ALT: () => this.SUBRULE(this.labelFormat) },
            { ALT: () => this.SUBRULE(this.labelFilter) },
            { ALT: () => this.SUBRULE(this.dropOrKeep) },
            { ALT: () => this.CONSUME(t.Unpack) },
            { ALT: () => this.CONSUME(t.Decolorize) },
          ]);
        },
      },
    ]);
  });

  readonly lineFilter = this.RULE('lineFilter', () => {
    this.CONSUME(t.LineFilterOperator);
    this.SUBRULE(this.lineFilterOperand);
    this.MANY({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.CONSUME(t.Or);
        this.SUBRULE2(this.lineFilterOperand);
      },
    });
  });

  readonly lineFilterOperand = this.RULE('lineFilterOperand', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.StringLiteral) },
      {
        ALT: () => {
          this.CONSUME(t.Ip);
          this.CONSUME(t.OpenParenthesis);
          this.CONSUME2(t.StringLiteral);
          this.CONSUME(t.CloseParenthesis);
        },
      },
    ]);
  });

  readonly jsonParser = this.RULE('jsonParser', () => {
    this.CONSUME(t.Json);
    this.OPTION({ MAX_LOOKAHEAD: 1, DEF: () => this.SUBRULE(this.extractions) });
  });

  readonly logfmtParser = this.RULE('logfmtParser', () => {
    this.CONSUME(t.Logfmt);
    this.MANY(() => this.CONSUME(t.ParserFlag));
    this.OPTION({ MAX_LOOKAHEAD: 1, DEF: () => this.SUBRULE(this.extractions) });
  });

  readonly extractions = this.RULE('extractions', () => {
    this.SUBRULE(this.extraction);
    this.MANY({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.extraction);
      },
    });
  });

  readonly extraction = this.RULE('extraction', () => {
    this.CONSUME(t.Identifier);
    this.OPTION(() => {
      this.CONSUME(t.Equal);
      this.CONSUME(t.StringLiteral);
    });
  });

  readonly patternParser = this.RULE('patternParser', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Regexp) }, { ALT: () => this.CONSUME(t.Pattern) }]);
    this.CONSUME(t.StringLiteral);
  });

  readonly lineFormat = this.RULE('lineFormat', () => {
    this.CONSUME(t.LineFormat);
    this.CONSUME(t.StringLiteral);
  });

  readonly labelFormat = this.RULE('labelFormat', () => {
    this.CONSUME(t.LabelFormat);
    this.SUBRULE(this.labelFormatItem);
    this.MANY({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.labelFormatItem);
      },
    });
  });

  readonly labelFormatItem = this.RULE('labelFormatItem', () => {
    this.CONSUME(t.Identifier, { LABEL: 'to' });
    this.CONSUME(t.Equal);
    this.OR([
      { ALT: () => this.CONSUME2(t.Identifier, { LABEL: 'from' }) },
      { ALT: () => this.CONSUME(t.StringLiteral) },
    ]);
  });

  readonly dropOrKeep = this.RULE('dropOrKeep', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Drop) }, { ALT: () => this.CONSUME(t.Keep) }]);
    this.SUBRULE(this.labelTarget);
    this.MANY({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.labelTarget);
      },
    });
  });

  readonly labelTarget = this.RULE('labelTarget', () => {
    this.CONSUME(t.Identifier);
    this.OPTION({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.CONSUME(t.MatcherOperator);
        this.CONSUME(t.StringLiteral);
      },
    });
  });

  // -------------------------------------------------------------- label filters

  /** Comparisons in a row, joined by `and`, `or`, `,` or nothing; grouped as fact 117 says by `build-ast.ts`. */
  readonly labelFilter = this.RULE('labelFilter', () => {
    this.SUBRULE(this.labelFilterOperand);
    this.MANY({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.SUBRULE(this.labelFilterJoint);
        this.SUBRULE2(this.labelFilterOperand);
      },
    });
  });

  /** Always there, so that joints and operands can be counted off against each other. */
  readonly labelFilterJoint = this.RULE('labelFilterJoint', () => {
    this.OPTION({
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.OR([
          { ALT: () => this.CONSUME(t.And) },
          { ALT: () => this.CONSUME(t.Or) },
          { ALT: () => this.CONSUME(t.Comma) },
        ]);
      },
    });
  });

  readonly labelFilterOperand = this.RULE('labelFilterOperand', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.OpenParenthesis);
          this.SUBRULE(this.labelFilter);
          this.CONSUME(t.CloseParenthesis);
        },
      },
      { ALT: () => this.SUBRULE(this.matcher) },
      { ALT: () => this.SUBRULE(this.ipComparison) },
      { ALT: () => this.SUBRULE(this.numericComparison) },
    ]);
  });

  readonly ipComparison = this.RULE('ipComparison', () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.IpOperator);
    this.CONSUME(t.Ip);
    this.CONSUME(t.OpenParenthesis);
    this.CONSUME(t.StringLiteral);
    this.CONSUME(t.CloseParenthesis);
  });

  readonly numericComparison = this.RULE('numericComparison', () => {
    this.CONSUME(t.Identifier);
    this.CONSUME(t.NumericOperator);
    this.OR([
      { ALT: () => this.SUBRULE(this.signedNumber) },
      { ALT: () => this.CONSUME(t.Duration) },
      { ALT: () => this.CONSUME(t.Bytes) },
    ]);
  });
}

const parser = new LogQLParser();

/** The syntax tree of `tokens`, or null if they are not a sentence of `parser.ts`. Linear in the number of tokens. */
export function parseSyntax(tokens: IToken[]): CstNode | null {
  parser.input = tokens;
  const tree = parser.query();
  return parser.errors.length === 0 ? tree : null;
}
