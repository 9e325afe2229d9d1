import { compressSync } from 'snappy';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import type { Clock, FileSystem, Timers } from '../../../common/runtime.ts';
import { decodeUtf8 } from '../../../common/utf8.ts';
import type { RemoteWriteClientConfig } from '../../../config/remote-write-schema.ts';
import { VERSION } from '../../../version.ts';
import { ANY_ADDRESS } from '../outbound/address-policy.ts';
import { OutboundClient, type OutboundResponse } from '../outbound/outbound-client.ts';
import { parseOutboundUrl } from '../outbound/outbound-url.ts';
import { readTlsFiles, type TlsFiles } from '../outbound/tls-files.ts';

/** What became of a request. `Retry`: the receiver may take it later. `Refused`: never. */
export type WriteOutcome =
  | { readonly kind: 'Taken' }
  | { readonly kind: 'Retry'; readonly reason: string; readonly afterMs: number }
  | { readonly kind: 'Refused'; readonly reason: string };

/** Longest wait that a receiver may ask for (`Retry-After`). */
const RETRY_AFTER_MAX_MS = 300_000;
/** Of an answer, what is told. */
const REASON_LENGTH_MAX = 256;

export interface ReceiverParts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly files: FileSystem;
}

/** One endpoint that takes Prometheus remote write (version 1: snappy-compressed protobuf). */
export class Receiver {
  readonly url: URL;
  readonly #config: RemoteWriteClientConfig;
  readonly #client: OutboundClient;
  readonly #clock: Clock;

  private constructor(url: URL, config: RemoteWriteClientConfig, client: OutboundClient, clock: Clock) {
    this.url = url;
    this.#config = config;
    this.#client = client;
    this.#clock = clock;
  }

  /** Throws SkaldError `bad_config` when a file that the configuration names cannot be read. */
  static async open(config: RemoteWriteClientConfig, { clock, timers, files }: ReceiverParts): Promise<Receiver> {
    const url = parseOutboundUrl(config.url, 'ruler.remote_write.clients.url');
    const credentials = await authorization(config, url, files);
    url.username = '';
    url.password = '';
    const headers = {
      ...withoutTenant(config.headers),
      ...credentials,
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
      'user-agent': `skald/${VERSION}`,
    };
    const tls = await tlsFiles(config, files);
    const client = new OutboundClient({ timers, policy: ANY_ADDRESS, headers, tls });
    return new Receiver(url, config, client, clock);
  }

  /** Sends WriteRequests as one. Never throws. */
  async write(payloads: readonly Uint8Array[], tenant: string | null, signal: AbortSignal): Promise<WriteOutcome> {
    try {
      const response = await this.#client.post({
        url: this.url,
        body: compressSync(Buffer.concat(payloads)),
        headers: tenant === null ? {} : { 'x-scope-orgid': tenant },
        timeoutMs: this.#config.remote_timeout,
        signal,
      });
      return this.#outcomeOf(response);
    } catch (error) {
      return { kind: 'Retry', reason: messageOf(error), afterMs: 0 };
    }
  }

  close(): void {
    this.#client.close();
  }

  #outcomeOf(response: OutboundResponse): WriteOutcome {
    const { status, body } = response;
    if (status >= 200 && status < 300) return { kind: 'Taken' };
    const reason = `server returned HTTP status ${status}: ${body.trim().slice(0, REASON_LENGTH_MAX)}`;
    const isLater = status >= 500 || (status === 429 && this.#config.queue_config.retry_on_http_429);
    return isLater ? { kind: 'Retry', reason, afterMs: this.#retryAfterMs(response) } : { kind: 'Refused', reason };
  }

  /** `Retry-After` in seconds or as a date; 0: none. */
  #retryAfterMs({ headers }: OutboundResponse): number {
    const text = headers['retry-after'] ?? '';
    const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - this.#clock.nowMs();
    return Number.isNaN(ms) ? 0 : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
  }
}

/** The tenant of the samples says whose they are, not the configuration. */
function withoutTenant(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'x-scope-orgid'));
}

async function authorization(
  { basic_auth, authorization: auth, bearer_token, bearer_token_file }: RemoteWriteClientConfig,
  url: URL,
  files: FileSystem,
): Promise<Record<string, string>> {
  if (basic_auth !== undefined) {
    const { username, password, password_file: file } = basic_auth;
    return basic(username, file === '' ? password : await readSecret(file, files));
  }
  if (auth !== undefined) {
    const { type, credentials, credentials_file: file } = auth;
    return { authorization: `${type} ${file === '' ? credentials : await readSecret(file, files)}` };
  }
  const token = bearer_token_file === '' ? bearer_token : await readSecret(bearer_token_file, files);
  if (token !== '') return { authorization: `Bearer ${token}` };
  return url.username === '' ? {} : basic(decodeURIComponent(url.username), decodeURIComponent(url.password));
}

function basic(username: string, password: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

async function readSecret(file: string, files: FileSystem): Promise<string> {
  try {
    return decodeUtf8(await files.readFile(file)).trim();
  } catch (error) {
    throw new SkaldError('bad_config', `Cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

async function tlsFiles({ tls_config: tls }: RemoteWriteClientConfig, files: FileSystem): Promise<TlsFiles> {
  const settings = {
    tls_ca_path: tls.ca_file,
    tls_cert_path: tls.cert_file,
    tls_key_path: tls.key_file,
    tls_server_name: tls.server_name,
    tls_insecure_skip_verify: tls.insecure_skip_verify,
    tls_min_version: tls.min_version === '' ? '' : `Version${tls.min_version}`,
  };
  return await readTlsFiles(settings, files);
}
