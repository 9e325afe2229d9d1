import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';

/** Past this the connection is cut under the client: it means no single request. */
const DISCARDED_MAX_BYTES = 512 * 2 ** 20;

/**
 * Reads what is left of a refused request's body and throws it away; resolves when the body has ended or its connection
 * has. An answer that is sent earlier closes the connection while the client still writes, and the client sees a broken
 * pipe instead of the status and the reason.
 */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.complete || request.destroyed) return;
  const tooMuch = new AbortController();
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > DISCARDED_MAX_BYTES) tooMuch.abort();
  });
  await finished(request, { signal: tooMuch.signal }).catch(() => undefined);
}
