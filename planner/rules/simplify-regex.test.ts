import { describe, expect, test } from 'vitest';
import { after, refuses } from '../testing/plans.ts';
import { simplifyRegex } from './simplify-regex.ts';

const filterOf = (query: string): string =>
  (after(query, simplifyRegex).split('\n')[2] ?? '').replace('└── Filter ', '');

describe('SimplifyRegex', () => {
  test.each([
    ['|~ "error"', 'line contains "error"'],
    ['|~ ".*error.*"', 'line contains "error"'],
    ['|~ "error|warn"', 'line contains "error" or "warn"'],
    ['|~ "a(b|c)" or "d"', 'line contains "ab" or "ac" or "d"'],
    ['!~ "err|warn"', 'line not contains "err" or "warn"'],
    ['|~ ".*"', 'line contains ""'],
    ['!~ ".*" or "u?ser"', 'line not contains ""'],
    ['|~ "" or "user"', 'line contains "user"'],
    ['|~ "a+"', 'line contains "a"'],
    ['| c=~"api"', 'c="api"'],
    ['| c!~"a\\\\.b"', 'c!="a.b"'],
    ['| c=~"api" or d=~"x"', '(c="api" or d="x")'],
  ])('%s becomes %s', (stage, expected) => {
    expect(filterOf(`{a="b"} ${stage}`)).toBe(expected);
  });

  test.each([
    '|~ "(?i)error"',
    '|~ "^error"',
    '|~ "a.+b"',
    '|~ "error" or "a.+b"',
    '|~ "[a-c][a-c][a-c]"',
    '| c=~"api|web"',
    '| c=~"api.*"',
    '|= "a|b"',
  ])('refuses %s', (stage) => {
    expect(refuses(simplifyRegex, `{a="b"} ${stage}`)).toBe(true);
  });

  test('refuses selectors', () => {
    expect(refuses(simplifyRegex, '{a=~"b"}')).toBe(true);
  });
});
