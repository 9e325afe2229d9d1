import { SkaldError } from '../../common/errors.ts';
import { nodeRuntime, withTemporaryDirectory } from '../../common/node-runtime.ts';
import { configSchema } from '../../config/schema.ts';

/** Runs `work` with the address of a server of this process that begins empty and leaves nothing behind. */
export async function withTestServer<Result>(work: (url: string) => Promise<Result>): Promise<Result> {
  // The engine is loaded only when it is needed: other commands start faster without it.
  const { startServer } = await import('../../server.ts');
  return await withTemporaryDirectory('skald-rules-', async (directory) => {
    let log = '';
    const server = await startServer({
      config: configSchema.parse({
        auth_enabled: true,
        server: {
          http_listen_address: '127.0.0.1',
          http_listen_port: 0,
          grpc_listen_address: '127.0.0.1',
          grpc_listen_port: 0,
          log_level: 'error',
        },
        common: { path_prefix: directory },
        ingester: { wal: { sync: 'interval' }, flush_on_shutdown: false },
        limits_config: {
          ingestion_rate_mb: 1024,
          ingestion_burst_size_mb: 1024,
          per_stream_rate_limit: '1GB',
          per_stream_rate_limit_burst: '1GB',
          max_global_streams_per_user: 0,
          creation_grace_period: '36500d',
          max_query_series: 100_000,
        },
      }),
      runtime: nodeRuntime,
      writeLog: (line) => (log += line),
    });
    try {
      return await work(server.url);
    } catch (error) {
      if (log !== '') throw new SkaldError('internal', `${String(error)}\n${log}`, { cause: error });
      throw error;
    } finally {
      await server.stop();
    }
  });
}
