import { SkaldError } from '../../src/common/errors.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import { containsTest, indexOfBytes } from './contains.ts';
import { eachRow, guardedTest, type LineTest, type RowTest } from './row-test.ts';

/** A pattern of `|>`: literals in order, with at least one byte wherever the pattern has `<_>`. */
interface LinePattern {
  readonly literals: readonly Uint8Array[];
  readonly startsWithWildcard: boolean;
  readonly endsWithWildcard: boolean;
}

/** Rows that match a pattern filter (spec fact 105). Throws SkaldError `bad_query` for captures out of place. */
export function patternTest(text: string): RowTest {
  const pattern = parsePattern(text);
  const test = lineTest(pattern);
  const longest = pattern.literals.reduce<Uint8Array | null>(
    (best, literal) => (best === null || literal.length > best.length ? literal : best),
    null,
  );
  return longest === null ? eachRow(test) : guardedTest(containsTest(longest), test);
}

function parsePattern(text: string): LinePattern {
  const parts = text.split(/(<[A-Za-z_][A-Za-z0-9_]*>)/);
  const literals: Uint8Array[] = [];
  for (let i = 0; i < parts.length; i++) {
    if (i % 2 === 0) {
      if (parts[i] !== '') literals.push(encodeUtf8(parts[i]));
      else if (i > 0 && i < parts.length - 1) throw consecutive(`${parts[i - 1]}${parts[i + 1]}`);
    } else if (parts[i] !== '<_>') {
      throw new SkaldError('bad_query', `named captures are not allowed: found '${parts[i]}'`);
    }
  }
  const hasWildcard = parts.length > 1;
  return {
    literals,
    startsWithWildcard: hasWildcard && parts[0] === '',
    endsWithWildcard: hasWildcard && parts[parts.length - 1] === '',
  };
}

function consecutive(captures: string): SkaldError {
  return new SkaldError('bad_query', `found consecutive capture '${captures}': invalid expression`);
}

/** Each literal is searched once, from where the previous one ended: there is no going back. */
function lineTest({ literals, startsWithWildcard, endsWithWildcard }: LinePattern): LineTest {
  const empty = literals.length === 0 && !startsWithWildcard;
  return (values, start, end) => {
    if (empty || start === end) return empty && start === end;
    let at = start;
    for (let i = 0; i < literals.length; i++) {
      const hit = indexOfBytes(values, at, end, literals[i]);
      if (hit < 0) return false;
      // A wildcard before the literal needs a byte; text before a leading literal is allowed.
      if (hit === at && (i > 0 || startsWithWildcard)) return false;
      at = hit + literals[i].length;
    }
    return endsWithWildcard ? at < end : at === end;
  };
}
