import { messageOf, SkaldError } from '../../src/common/errors.ts';

/** The text of the SkaldError that `parse` throws, or null if it throws none. */
export function reasonOf(parse: () => unknown): string | null {
  try {
    parse();
    return null;
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    return messageOf(error);
  }
}
