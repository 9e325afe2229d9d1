import type { IngestLimits } from '../../ingest/ingest-limits.ts';
import { limitsSchema, resolveLimits } from '../../src/config/limits.ts';

/** The limits of a server without configuration and authentication, with some of them changed. */
export function testLimits(changes: Partial<IngestLimits> = {}): IngestLimits {
  return { ...resolveLimits(limitsSchema.parse({}), false), ...changes };
}
