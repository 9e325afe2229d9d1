import { compileRegexp } from '../common/regexp/compile.ts';

/** Whether a setting is a regular expression as queries know them (RE2). */
export function isRegexp(pattern: string): boolean {
  try {
    compileRegexp(pattern);
    return true;
  } catch {
    return false;
  }
}
