import { status, type handleUnaryCall, type ServiceDefinition } from '@grpc/grpc-js';
import { rawMethod } from './raw-method.ts';
import { varintField } from './protobuf.ts';

const SERVING = 1;
const NOT_SERVING = 2;

/** `grpc.health.v1.Health`: what `/ready` says. */
export const HEALTH_SERVICE = {
  check: rawMethod('/grpc.health.v1.Health/Check'),
  watch: rawMethod('/grpc.health.v1.Health/Watch'),
} satisfies ServiceDefinition;

/** All services of the process have the same health. Watching is not supported, as in Loki. */
export function healthHandlers(
  notReady: () => string | null,
): Record<'check' | 'watch', handleUnaryCall<Buffer, Buffer>> {
  return {
    check: (_call, answer) => answer(null, varintField(1, notReady() === null ? SERVING : NOT_SERVING)),
    watch: (_call, answer) => answer({ code: status.UNIMPLEMENTED, details: 'Watching is not supported' }),
  };
}
