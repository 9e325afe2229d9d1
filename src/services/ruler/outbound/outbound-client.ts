import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import type { Timers } from '../../../common/runtime.ts';
import type { AddressPolicy } from './address-policy.ts';
import type { TlsFiles } from './tls-files.ts';

/** Bytes of an answer that are read: enough for an error text. */
const RESPONSE_BYTES_MAX = 64 * 1024;
/** Connections to one service. */
const SOCKETS_MAX = 8;

export interface OutboundClientOptions {
  readonly timers: Timers;
  /** Asked for each address that is connected to, after names are resolved. */
  readonly policy: AddressPolicy;
  readonly tls?: TlsFiles;
  /** Headers of every request: authentication. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface OutboundRequest {
  readonly url: URL;
  readonly body: Uint8Array | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface OutboundResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Its first 64 KiB. */
  readonly body: string;
}

/**
 * Posts to services that a configuration names. It never follows a redirect: an answer is an answer, so a service cannot
 * send a request on to another one. Errors: SkaldError `unavailable`, `bad_config` for an address that is not allowed.
 */
export class OutboundClient {
  readonly #options: OutboundClientOptions;
  readonly #http = new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX });
  readonly #https: https.Agent;

  constructor(options: OutboundClientOptions) {
    this.#options = options;
    this.#https = new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX, ...options.tls });
  }

  async post(request: OutboundRequest): Promise<OutboundResponse> {
    const { url } = request;
    try {
      this.#checkLiteral(url);
      return await this.#send(request);
    } catch (error) {
      if (error instanceof SkaldError) throw error;
      throw new SkaldError('unavailable', `Cannot post to ${url.origin}${url.pathname}: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }

  /** Names are checked when they are resolved; an address in a URL is not looked up. */
  #checkLiteral({ hostname }: URL): void {
    const host = hostname.replace(/^\[|\]$/g, '');
    if (host.includes(':') || /^[\d.]+$/.test(host)) this.#options.policy(host);
  }

  async #send({ url, body, headers, timeoutMs, signal }: OutboundRequest): Promise<OutboundResponse> {
    const isTls = url.protocol === 'https:';
    const { promise, resolve, reject } = Promise.withResolvers<OutboundResponse>();
    const request = (isTls ? https : http).request(url, {
      method: 'POST',
      agent: isTls ? this.#https : this.#http,
      headers: { 'content-length': Buffer.byteLength(body), ...this.#options.headers, ...headers },
      lookup: (hostname, options, callback) => this.#lookUp(hostname, options, callback),
      ...(signal === undefined ? {} : { signal }),
    });
    const cancel = this.#options.timers.after(timeoutMs, () => {
      request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    });
    request.once('error', reject);
    request.once('response', (response) => void readResponse(response).then(resolve, reject));
    request.end(body);
    return await promise.finally(cancel);
  }

  /** Every address of a name must be allowed: which one is connected to is not ours to choose. */
  #lookUp(hostname: string, options: dns.LookupOptions, callback: LookupCallback): void {
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '', 0);
      try {
        for (const { address } of addresses) this.#options.policy(address);
      } catch (refusal) {
        return callback(refusal as Error, '', 0);
      }
      const [first] = addresses;
      return options.all === true ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  }
}

type LookupCallback = (error: Error | null, address: string | dns.LookupAddress[], family?: number) => void;

async function readResponse(response: http.IncomingMessage): Promise<OutboundResponse> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    parts.push(part);
    sizeBytes += part.length;
    if (sizeBytes >= RESPONSE_BYTES_MAX) break;
  }
  const body = Buffer.concat(parts).subarray(0, RESPONSE_BYTES_MAX).toString('utf8');
  return { status: response.statusCode ?? 0, headers: response.headers, body };
}
