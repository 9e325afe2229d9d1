import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import { messageOf, SkaldError } from '../common/errors.ts';
import type { Timers } from '../common/runtime.ts';
import type { Logger } from '../common/telemetry/logger.ts';
import type { Config } from '../config/schema.ts';
import { HEALTH_SERVICE, healthHandlers } from './health-service.ts';
import { PUSHER_SERVICE, pusherHandlers, type PusherOptions } from './pusher-service.ts';

export interface GrpcServerOptions extends PusherOptions {
  readonly config: Config['server'];
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * With this port, nobody asked for one: a second process on the machine must start without a setting of its own, so that
 * a port that is taken is reported and the process runs without gRPC.
 */
const DEFAULT_PORT = 9095;

/** The gRPC services that agents use, on `server.grpc_listen_port`. */
export class GrpcServer {
  /** Where it listens, `127.0.0.1:9095`; null without a port. */
  readonly address: string | null;
  readonly #server: Server;
  readonly #timers: Timers;
  readonly #timeoutMs: number;

  private constructor(server: Server, address: string | null, { timers, config }: GrpcServerOptions) {
    this.#server = server;
    this.address = address;
    this.#timers = timers;
    this.#timeoutMs = config.graceful_shutdown_timeout;
  }

  /** Throws SkaldError `bad_config` when it cannot listen. */
  static async start(options: GrpcServerOptions): Promise<GrpcServer> {
    const { config, logger } = options;
    // What goes wrong is reported by its caller or to its client.
    setLogVerbosity(logVerbosity.NONE);
    const server = new Server({
      'grpc.max_receive_message_length': config.grpc_server_max_recv_msg_size,
      'grpc.max_send_message_length': config.grpc_server_max_send_msg_size,
      'grpc.max_concurrent_streams': config.grpc_server_max_concurrent_streams,
    });
    server.addService(PUSHER_SERVICE, pusherHandlers(options));
    server.addService(HEALTH_SERVICE, healthHandlers(options.notReady));
    const host = config.grpc_listen_address === '' ? '0.0.0.0' : config.grpc_listen_address;
    try {
      const port = await bind(server, `${host}:${config.grpc_listen_port}`);
      return new GrpcServer(server, `${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`, options);
    } catch (error) {
      const message = `Cannot listen on ${host}:${config.grpc_listen_port} for gRPC: ${messageOf(error)}`;
      if (config.grpc_listen_port !== DEFAULT_PORT) throw new SkaldError('bad_config', message, { cause: error });
      logger.warn({ err: message }, 'running without gRPC');
      return new GrpcServer(server, null, options);
    }
  }

  /** Ends calls under way within the timeout of a shutdown, then cuts connections. */
  async close(): Promise<void> {
    const cancel = this.#timers.after(this.#timeoutMs, () => this.#server.forceShutdown());
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    cancel();
  }
}

async function bind(server: Server, address: string): Promise<number> {
  return await new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(new Error(/listen (\w+): ([^\]]*?) ?\S*:\d+\]/.exec(error.message)?.[2] ?? error.message));
    });
  });
}
