import type { CaseMode } from '../../../src/common/regexp/literals.ts';
import { encodeUtf8 } from '../../../src/common/utf8.ts';
import { caseVariants } from '../fold.ts';
import { type ByteSequence, exactly, oneOf } from './byte-sequence.ts';

/** Lines in which a text occurs have its sequence. Exact but for characters with variants of several bytes. */
export function textSequence(text: string, mode: CaseMode): ByteSequence {
  if (mode === 'none') return Array.from(encodeUtf8(text), exactly);
  return Array.from(text).flatMap((char) => {
    const variants = caseVariants(char, mode);
    return variants.length === 1 ? Array.from(encodeUtf8(variants[0]), exactly) : [oneOf(variants)];
  });
}
