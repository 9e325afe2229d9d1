import { describe, expect, test } from 'vitest';
import { logicalPlan, text } from '../testing/plans.ts';

/** Parsers of the plan, in the order in which they run. */
function parsers(stages: string): string[] {
  const lines = text(logicalPlan(`{a="b"} ${stages}`))
    .split('\n')
    .filter((line) => line.includes('Parse '));
  return lines.map((line) => line.replace(/^.*Parse /, '')).reverse();
}

describe('immediate filters (spec fact 48)', () => {
  test.each([
    ['a parser error would let rows pass a number', '| json | n>5', ['json immediate=[n>5]']],
    ['or an address', '| unpack | i=ip("::1")', ['unpack immediate=[i=ip("::1")]']],
    ['the label is changed before the filter', '| logfmt | label_format c=d | c="x"', ['logfmt immediate=[c="x"]']],
    ['or dropped', '| logfmt | drop c | c=""', ['logfmt immediate=[c=""]']],
    ['or replaced', '| json | logfmt c | c="x"', ['json immediate=[c="x"]', 'logfmt c="c"']],
    ['or dropped behind the filter', '| n>5 | keep d | json', ['json immediate=[n>5]']],
    ['the filter stands in front', '| c="" | logfmt', ['logfmt immediate=[c=""]']],
    [
      'and passes rows without the label',
      '| c!="x" | d=~".*" | e!~"x" | json',
      ['json immediate=[c!="x", d=~".*", e!~"x"]'],
    ],
    ['an error comes from a format', '| logfmt | line_format "{{.c}}" | n>5', ['logfmt immediate=[n>5]']],
    ['or from another conversion', '| logfmt | n>5 | m>5', ['logfmt immediate=[n>5, m>5]']],
    ['or from a later parser', '| logfmt | json | n>5', ['logfmt immediate=[n>5]', 'json immediate=[n>5]']],
    ['only the first filter of a label', '| json | n>5 | n<9', ['json immediate=[n>5]']],
  ])('%s', (_, stages, expected) => {
    expect(parsers(stages)).toEqual(expected);
  });

  test.each([
    ['text is compared later as well', '| json | c="d"', ['json']],
    ['nothing can fail', '| logfmt | n>5', ['logfmt']],
    ['conditions on several labels', '| json | n>5 or m>5', ['json']],
    ['conditions in one stage', '| json | n>5, n<9', ['json']],
    ['the error state', '| json | drop c | __error__=""', ['json']],
    ['the label is there already', '| c="x" | d=~"x.*" | e!="" | n>5 | json', ['json']],
    ['named values', '| json n="a.n" | n>5', ['json n=$["a"]["n"]']],
  ])('none: %s', (_, stages, expected) => {
    expect(parsers(stages)).toEqual(expected);
  });

  test('in metric queries too', () => {
    expect(text(logicalPlan('sum(rate({a="b"} | json | n>5 [1m]))'))).toContain(
      'Parse json needed=[n] immediate=[n>5]',
    );
  });
});
