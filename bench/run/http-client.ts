import { Agent, request } from 'node:http';

export interface Answered {
  readonly status: number;
  readonly body: Buffer;
  /** From sending to the last byte. */
  readonly ms: number;
}

/** Keep-alive requests to one server. */
export class HttpClient {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string, params: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return await this.#send('GET', `${path}?${new URLSearchParams(params).toString()}`);
  }

  async post(path: string, body: Uint8Array, contentType: string): Promise<Answered> {
    return await this.#send('POST', path, body, contentType);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(method: string, path: string, body?: Uint8Array, contentType?: string): Promise<Answered> {
    const startMs = performance.now();
    const headers = body === undefined ? {} : { 'content-type': contentType, 'content-length': body.length };
    return await new Promise((resolve, reject) => {
      const sent = request(this.#url + path, { method, agent: this.#agent, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(parts),
            ms: performance.now() - startMs,
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}
