import type { Profiler } from 'node:inspector';

/** A message of the inspector protocol, of the main thread or, unwrapped, of a worker. */
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly sessionId?: string; readonly message?: string };
  readonly result?: { readonly profile?: Profiler.Profile };
  readonly error?: { readonly message: string };
}

/** The main thread has no session id. */
type Session = string | null;

/** Takes CPU profiles of all threads of a process that runs with `--inspect`. */
export class InspectorClient {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, PromiseWithResolvers<Message>>();
  readonly #workers = new Set<string>();
  #lastId = 0;
  /** 0: not profiling. */
  #samplingIntervalUs = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
  }

  /** `url` is what the process prints after `Debugger listening on`. */
  static async connect(url: string): Promise<InspectorClient> {
    const socket = new WebSocket(url);
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error(`Cannot connect to ${url}`)), { once: true });
    });
    const client = new InspectorClient(socket);
    // Workers that run already are attached before this is answered.
    await client.#call(null, 'NodeWorker.enable', { waitForDebuggerOnStart: false });
    return client;
  }

  /** Threads that start later are profiled from then on. */
  async start(samplingIntervalUs: number): Promise<void> {
    this.#samplingIntervalUs = samplingIntervalUs;
    await Promise.all(this.#sessions().map((session) => this.#startOne(session)));
  }

  /** A profile of each thread, the main thread first. */
  async stop(): Promise<Profiler.Profile[]> {
    this.#samplingIntervalUs = 0;
    const answers = await Promise.all(this.#sessions().map((session) => this.#call(session, 'Profiler.stop')));
    return answers.flatMap(({ result }) => (result?.profile === undefined ? [] : [result.profile]));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener('close', resolve, { once: true }));
    this.#socket.close();
    await closed;
  }

  #sessions(): Session[] {
    return [null, ...this.#workers];
  }

  async #startOne(session: Session): Promise<void> {
    await this.#call(session, 'Profiler.enable');
    await this.#call(session, 'Profiler.setSamplingInterval', { interval: this.#samplingIntervalUs });
    await this.#call(session, 'Profiler.start');
  }

  async #call(session: Session, method: string, params: object = {}): Promise<Message> {
    const id = ++this.#lastId;
    const waiting = Promise.withResolvers<Message>();
    this.#waiting.set(id, waiting);
    this.#send(session, { id, method, params });
    const answer = await waiting.promise;
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer;
  }

  #send(session: Session, message: object): void {
    if (session === null) this.#socket.send(JSON.stringify(message));
    else {
      const params = { sessionId: session, message: JSON.stringify(message) };
      this.#socket.send(JSON.stringify({ id: ++this.#lastId, method: 'NodeWorker.sendMessageToWorker', params }));
    }
  }

  #receive(message: Message): void {
    const { id, method, params } = message;
    if (method === 'NodeWorker.attachedToWorker') {
      const session = params?.sessionId ?? '';
      this.#workers.add(session);
      if (this.#samplingIntervalUs > 0) void this.#startOne(session);
    } else if (method === 'NodeWorker.detachedFromWorker') this.#workers.delete(params?.sessionId ?? '');
    else if (method === 'NodeWorker.receivedMessageFromWorker') {
      this.#receive(JSON.parse(params?.message ?? '{}') as Message);
    } else if (id !== undefined) {
      this.#waiting.get(id)?.resolve(message);
      this.#waiting.delete(id);
    }
  }
}
