/** A frame of a tail. */
export interface TailFrame {
  readonly streams: readonly {
    readonly stream: Record<string, string>;
    readonly values: readonly (readonly [string, string, unknown?])[];
  }[];
  readonly dropped_entries?: readonly { readonly timestamp: string; readonly labels: Record<string, string> }[];
  readonly encodingFlags?: readonly string[];
}

export interface TailEntry {
  readonly labels: Record<string, string>;
  readonly timestamp: string;
  readonly line: string;
  readonly categories: unknown;
}

/** A tailing client over a real WebSocket. */
export class TailClient {
  readonly frames: TailFrame[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: WebSocket;
  #onFrame: () => void = () => undefined;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
    });
    socket.addEventListener('message', ({ data }) => {
      this.frames.push(JSON.parse(String(data)) as TailFrame);
      this.#onFrame();
    });
  }

  /** Resolves when the connection is open; rejects when the server refuses the upgrade. */
  static async open(
    url: string,
    params: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<TailClient> {
    const address = `${url.replace('http', 'ws')}/loki/api/v1/tail?${new URLSearchParams(params).toString()}`;
    const socket = new WebSocket(address, { headers });
    const client = new TailClient(socket);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error('the upgrade was refused')));
    });
    return client;
  }

  get entries(): TailEntry[] {
    return this.frames.flatMap(({ streams }) =>
      streams.flatMap(({ stream, values }) =>
        values.map(([timestamp, line, categories]) => ({ labels: stream, timestamp, line, categories })),
      ),
    );
  }

  get lines(): string[] {
    return this.entries.map(({ line }) => line);
  }

  /** Waits until `count` entries are there. */
  async until(count: number, timeoutMs = 10_000): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${this.entries.length} entries of ${count}: ${JSON.stringify(this.frames)}`)),
        timeoutMs,
      );
      this.#onFrame = () => {
        if (this.entries.length < count) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onFrame();
    });
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.closed;
  }
}
