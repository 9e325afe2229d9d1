import { Option, type Command } from 'commander';
import { messageOf, SkaldError } from '../common/errors.ts';
import { LogQLError } from '../../grammar/logql-error.ts';
import { parseQuery } from '../../grammar/parse.ts';
import { printLocation } from '../../grammar/print-location.ts';

/** Options that every client command has. */
export interface ClientOptions {
  readonly addr: string;
  readonly orgId?: string;
}

/** Adds `--addr` and `--org-id`, named and read from the environment as logcli's. */
export function withClientOptions(command: Command): Command {
  return command
    .addOption(new Option('--addr <url>', 'Server address.').default('http://127.0.0.1:3100').env('LOKI_ADDR'))
    .addOption(new Option('--org-id <id>', 'Tenant, sent as X-Scope-OrgID.').env('LOKI_ORG_ID'));
}

/** The URL of an endpoint; a path of the server's own address stays in front, for servers behind a proxy. */
export function endpointUrl({ addr }: ClientOptions, path: string): URL {
  const server = URL.parse(addr);
  if (server === null || !['http:', 'https:'].includes(server.protocol)) {
    const message = `Cannot use the server address "${addr}": expected a URL, for example http://127.0.0.1:3100`;
    throw new SkaldError('bad_request', message);
  }
  return new URL(server.pathname.replace(/\/$/, '') + path, server);
}

/** An answer that is not a success, with the server's text. */
export class ServerError extends SkaldError {
  override name = 'ServerError';
  readonly status: number;

  constructor(status: number, text: string) {
    super('bad_request', text);
    this.status = status;
  }
}

/** Talks to a server; errors say what was asked and what came back. */
export class Client {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** The body of a GET with these parameters; throws ServerError for any status but 2xx. */
  async get(path: string, params: Iterable<readonly [string, string]>): Promise<string> {
    const query = new URLSearchParams([...params].map(([name, value]): [string, string] => [name, value]));
    return await this.#send(`${path}?${query.toString()}`, {});
  }

  async post(path: string, body: Uint8Array, headers: Record<string, string>): Promise<string> {
    return await this.#send(path, { method: 'POST', body: Buffer.from(body), headers });
  }

  async #send(path: string, init: RequestInit): Promise<string> {
    const url = endpointUrl(this.#options, path);
    const tenant = this.#options.orgId === undefined ? {} : { 'X-Scope-OrgID': this.#options.orgId };
    let response: Response;
    try {
      response = await fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), ...tenant } });
    } catch (error) {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      throw new SkaldError('unavailable', `Cannot reach ${url.origin}: ${messageOf(cause)}; is the server running?`, {
        cause: error,
      });
    }
    const text = await response.text();
    if (!response.ok) throw new ServerError(response.status, text.trimEnd() || response.statusText);
    return text;
  }
}

/** Runs a command's work; an error goes to standard error, with the place in the query if it has one, and exit code 1. */
export async function runClient(query: string | null, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const message = messageOf(error);
    process.stderr.write(`${message}\n`);
    if (query !== null && error instanceof ServerError) process.stderr.write(queryLocation(query));
    process.exitCode = 1;
  }
}

/** The line of the query with a caret where it is wrong; nothing for a query that parses. */
function queryLocation(query: string): string {
  try {
    parseQuery(query);
    return '';
  } catch (error) {
    const location = error instanceof LogQLError ? printLocation(query, error) : '';
    return location === '' ? '' : `${location}\n`;
  }
}
