import type { handleUnaryCall, Metadata, ServiceDefinition } from '@grpc/grpc-js';
import { headerTenantOf } from '../api/tenant.ts';
import { SkaldError } from '../common/errors.ts';
import type { Clock } from '../common/runtime.ts';
import type { Metrics } from '../common/telemetry/metrics.ts';
import type { Distributor } from '../services/distributor/distributor.ts';
import { grpcError } from './grpc-error.ts';
import { rawMethod } from './raw-method.ts';

export interface PusherOptions {
  readonly distributor: Pick<Distributor, 'pushProto'>;
  readonly authEnabled: boolean;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Why the process does not take requests now, or null. */
  readonly notReady: () => string | null;
}

const PUSH = '/logproto.Pusher/Push';

/** `logproto.Pusher`: the PushRequest of `/loki/api/v1/push`, not compressed. */
export const PUSHER_SERVICE = { push: rawMethod(PUSH) } satisfies ServiceDefinition;

/** Answers when every entry is durable, with an empty PushResponse. The tenant is `x-scope-orgid` of the metadata. */
export function pusherHandlers(options: PusherOptions): { push: handleUnaryCall<Buffer, Buffer> } {
  const { distributor, authEnabled, metrics, clock, notReady } = options;
  const push = async (metadata: Metadata, request: Buffer): Promise<void> => {
    const values = metadata.get('x-scope-orgid');
    const [header] = values.length === 1 ? values : [];
    const tenant = headerTenantOf(typeof header === 'string' ? header : undefined, authEnabled);
    const reason = notReady();
    if (reason !== null) throw new SkaldError('unavailable', reason);
    await distributor.pushProto(tenant, request);
  };
  return {
    push: (call, answer) => {
      const startMs = clock.monotonicMs();
      const finish = (statusCode: string): void =>
        metrics.requestSeconds.observe(
          { method: 'gRPC', route: PUSH, status_code: statusCode, ws: 'false' },
          (clock.monotonicMs() - startMs) / 1000,
        );
      push(call.metadata, call.request).then(
        () => {
          finish('success');
          answer(null, Buffer.alloc(0));
        },
        (error: unknown) => {
          const problem = grpcError(error);
          finish(Number(problem.code) >= 100 ? String(problem.code) : 'error');
          answer(problem);
        },
      );
    },
  };
}
