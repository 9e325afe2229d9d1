/** Thrown while building the tree of a token row that `parser.ts` takes and LogQL does not; becomes a syntax error. */
export class NotInLanguage extends Error {
  override name = 'NotInLanguage';
}

export function refuse(): never {
  throw new NotInLanguage();
}
