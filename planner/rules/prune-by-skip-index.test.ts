import { describe, expect, test } from 'vitest';
import { printRequirement } from '../print/pruning.ts';
import { scansOf } from '../logical/visit.ts';
import { logicalPlan, optimizedPlan, refuses } from '../testing/plans.ts';
import { optimize } from './optimizer.ts';
import { pruneBySkipIndex } from './prune-by-skip-index.ts';
import { pushDownLineFilter } from './push-down-line-filter.ts';
import { pushDownMetadataFilter } from './push-down-metadata-filter.ts';

/** What the scan of `{a="b"}` and these stages requires, when only pushed-down filters are known. */
function required(stages: string): readonly string[] {
  const rules = [pushDownLineFilter, pushDownMetadataFilter, pruneBySkipIndex];
  const [scan] = scansOf(optimize(logicalPlan(`{a="b"} ${stages}`), { rules }).plan);
  return (scan.requires ?? []).map(printRequirement);
}

describe('PruneBySkipIndex', () => {
  test.each([
    ['|= "x"', 'needle "x"'],
    ['|= "x" or "y"', 'needle "x" or "y"'],
    ['|= "x" or ""', 'needle "x"'],
    ['|~ "x.+y"', 'needle "x"'],
    ['|~ "longer.+y"', 'needle "longer"'],
    ['|~ "(a|b)c"', 'needle "ac" or "bc"'],
    ['|~ "^x" or "y$"', 'needle "x" or "y"'],
    ['|~ "(?i)Error"', 'needle "Error" in any case'],
    ['|~ "(?i)x" or "y"', 'needle "x" or "y" in any case'],
    ['|> "<_> GET <_>/x"', 'needle " GET " and "/x"'],
    ['|> "a<_>" or "<_>b"', 'needle "a" or "b"'],
    ['| c="d"', 'metadata c="d"'],
    ['| c=~"d|e"', 'metadata c="d" or c="e"'],
    ['| c="d" or e="f"', 'metadata c="d" or e="f"'],
    ['| json |= "x"', 'needle "x"'],
  ])('%s requires %s', (stages, expected) => {
    expect(required(stages)).toEqual([expected]);
  });

  test('all filters count', () => {
    expect(required('|= "x" != "y" |~ "z" | c="d" and e="f" and n>1')).toEqual([
      'needle "x"',
      'needle "z"',
      'metadata c="d"',
      'metadata e="f"',
    ]);
  });

  test.each([
    '!= "x"',
    '!~ "x"',
    '!> "<_>x"',
    '|= ""',
    '|= ip("10.0.0.1")',
    '|~ ".+"',
    '|~ "[a-z]+"',
    '|~ "x?"',
    '|~ "(?i)größe"',
    '|~ "x" or "[a-z]"',
    '|> "<_>"',
    '| c=""',
    '| c=~"d|"',
    '| c=~"d.*"',
    '| c!="d"',
    '| c="d" or n>1',
    '| c_extracted="d"',
    '| __error__="x"',
    '| json | c="d"',
    '| line_format "y" |= "x"',
  ])('%s requires nothing', (stages) => {
    expect(required(stages)).toEqual([]);
  });

  test('what filters say after other rules changed them', () => {
    const [scan] = scansOf(optimizedPlan('{a="b"} |= "x" |~ "y|z" | c=~"d"'));
    expect(scan.requires?.map(printRequirement)).toEqual(['metadata c="d"', 'needle "x"', 'needle "y" or "z"']);
  });

  test('refuses a plan that says all already', () => {
    expect(refuses(pruneBySkipIndex, '{a="b"} |= "x"')).toBe(true);
    const plan = optimizedPlan('{a="b"} |= "x"');
    expect(pruneBySkipIndex.apply(plan)).toBeNull();
  });
});
