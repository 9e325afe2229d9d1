import { parseTemplate } from '../../src/common/template/parse.ts';
import { reasonOf } from './reason.ts';

/** Why `template` is no template, in Go's words; null if it is one. */
export function reasonAgainstTemplate(template: string): string | null {
  return reasonOf(() => parseTemplate(template));
}
