import { RE2JS } from 're2js';
import { unreachable } from '../../src/common/assert.ts';
import type { Matcher } from '../../src/common/matcher.ts';
import { re2 } from './compile-once.ts';

export type TextTest = (text: string) => boolean;

/** A matcher of a stream selector: the whole value, `.` also for newlines (fact 91). */
export function selectorTest(matcher: Matcher): TextTest {
  return test(matcher, (pattern) => whole(re2(pattern, RE2JS.DOTALL)));
}

/** A matcher of a label filter, drop or keep: the whole value, `.` not for newlines, except in `.*` and `.+` (118). */
export function labelTest(matcher: Matcher): TextTest {
  return test(matcher, (pattern) => {
    if (pattern === '.*') return () => true;
    if (pattern === '.+') return (text) => text !== '';
    return whole(re2(pattern));
  });
}

function whole(regexp: RE2JS): TextTest {
  return (text) => regexp.matcher(text).matches();
}

function test({ op, value }: Matcher, compile: (pattern: string) => TextTest): TextTest {
  switch (op) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~':
      return compile(value);
    case '!~': {
      const matches = compile(value);
      return (text) => !matches(text);
    }
    default:
      return unreachable(op);
  }
}
