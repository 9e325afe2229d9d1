import { SkaldError } from '../../src/common/errors.ts';

/** Takes what is found to be wrong, one sentence that names the object and, where bytes are, the offset. */
export type ReportDamage = (message: string) => void;

/**
 * Runs a check whose reading may meet damaged bytes: they are reported, other errors are thrown. Whether nothing was
 * thrown.
 */
export async function reported(report: ReportDamage, check: () => void | Promise<void>): Promise<boolean> {
  try {
    await check();
    return true;
  } catch (error) {
    if (!(error instanceof SkaldError)) throw error;
    if (error.code !== 'corruption' && error.code !== 'not_found' && error.code !== 'unsupported_version') throw error;
    report(error.message);
    return false;
  }
}
