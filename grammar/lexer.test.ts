import { describe, expect, test } from 'vitest';
import { tokenize } from './lexer.ts';
import { displayOf } from './tokens.ts';

/** Displays of the tokens, with the payload of those that have one. */
function lex(text: string): string[] {
  return tokenize(text).map((token) => {
    const payload = token.payload as bigint | number | string | undefined;
    const name = displayOf(token.tokenType);
    return payload === undefined ? name : `${name}:${payload}`;
  });
}

describe('tokens', () => {
  const cases: readonly (readonly [text: string, tokens: string])[] = [
    ['5m', 'DURATION:300000000000'],
    ['1.5s', 'DURATION:1500000000'],
    ['100us', 'DURATION:100000'],
    ['1h5.5m', 'DURATION:3930000000000'],
    ['2d', 'DURATION:172800000000000'],
    ['-5m', 'DURATION:-300000000000'],
    ['-2d', '- DURATION:172800000000000'],
    ['- 5m', '- DURATION:300000000000'],
    ['-5', '- NUMBER'],
    ['-0', 'DURATION:0'],
    ['5KB', 'BYTES:5000'],
    ['20MiB', 'BYTES:20971520'],
    ['5B', 'BYTES:5'],
    ['1.5GB', 'BYTES:1500000000'],
    ['5PB', 'BYTES:5000000000000000'],
    ['5kb', 'BYTES:5000 IDENTIFIER'],
    ['5b', 'NUMBER IDENTIFIER'],
    ['5x', 'NUMBER IDENTIFIER'],
    ['0x1p-2', 'NUMBER'],
    ['0x1F', 'NUMBER'],
    ['.5', 'NUMBER'],
    ['1e3', 'NUMBER'],
    ['1_000', 'NUMBER'],
    ['"a\\n\\x41\\u00e9" `a\\n`', 'STRING:a\nAé STRING:a\\n'],
    ['[5m]', 'RANGE:300000000000'],
    ['--strict --keep-empty', 'PARSER_FLAG PARSER_FLAG'],
    ['--nope', '- - IDENTIFIER'],
    ['rate(', 'RATE ('],
    ['rate (', 'RATE ('],
    ['Rate\n(', 'RATE ('],
    ['sum by (a)', 'SUM by ( IDENTIFIER )'],
    ['sum WITHOUT(', 'SUM without ('],
    ['sum by x', 'IDENTIFIER by IDENTIFIER'],
    ['rate="x"', 'IDENTIFIER = STRING:x'],
    ['ip IP json Or', 'ip ip json or'],
    ['|= |~ |> != !~ !> =~ == >= <= | = > < !', '|= |~ |> != !~ !> =~ == >= <= | = > < IDENTIFIER'],
    ['a#b\n// c\n/* d */e', 'IDENTIFIER IDENTIFIER'],
    ['größe @ $', 'IDENTIFIER IDENTIFIER IDENTIFIER'],
    ['\ufeffa', 'IDENTIFIER'],
  ];

  test.each(cases)('%j', (text, tokens) => {
    expect(lex(text).join(' ')).toBe(tokens);
  });
});

describe('lexical errors end the row', () => {
  test.each([
    ['a "b', 'IDENTIFIER LexicalError:literal not terminated'],
    ['"a\nb"', 'LexicalError:literal not terminated'],
    ['`a', 'LexicalError:literal not terminated'],
    ['"\\q"', 'LexicalError:invalid char escape'],
    ['"\\400"', 'LexicalError:invalid syntax'],
    ['"\\UFFFFFFFF"', 'LexicalError:invalid syntax'],
    ["''", 'LexicalError:invalid char literal'],
    ['/* a', 'LexicalError:comment not terminated'],
    ['[5m', "LexicalError:missing closing ']' in duration"],
    ['0x', 'LexicalError:hexadecimal literal has no digits'],
    ['1e+', 'LexicalError:exponent has no digits'],
    ['08', "LexicalError:invalid digit '8' in octal literal"],
    ['0x1.8', "LexicalError:hexadecimal mantissa requires a 'p' exponent"],
    ['1__0', "LexicalError:'_' must separate successive digits"],
    ['a\0', 'IDENTIFIER LexicalError:invalid character NUL'],
  ])('%j', (text, tokens) => {
    expect(lex(text).join(' ')).toBe(tokens);
  });
});
