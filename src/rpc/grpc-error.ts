import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { statusOf, textOf } from '../api/errors.ts';
import { SkaldError } from '../common/errors.ts';
import { bytesField, varintField } from './protobuf.ts';

/**
 * An error as a gRPC status. As in Loki, what has an HTTP status keeps that number as its code (429, 400), and details
 * have the HTTP answer; only what gRPC clients act upon has a code of gRPC: a missing tenant, a server that does not
 * take pushes now, an error of ours.
 */
export function grpcError(error: unknown): ServiceError {
  const text = textOf(error);
  const code = codeOf(error);
  const metadata = new Metadata();
  if (code >= 100) metadata.set('grpc-status-details-bin', httpDetails(code, text));
  return Object.assign(new Error(text), { code, details: text, metadata });
}

function codeOf(error: unknown): number {
  if (error instanceof SkaldError) {
    if (error.code === 'unauthorized') return status.UNAUTHENTICATED;
    if (error.code === 'unavailable') return status.UNAVAILABLE;
  }
  const http = statusOf(error);
  return http === 500 ? status.INTERNAL : http;
}

/** A google.rpc.Status whose detail is an httpgrpc.HTTPResponse. */
function httpDetails(code: number, text: string): Buffer {
  const response = Buffer.concat([varintField(1, code), bytesField(3, text)]);
  const any = Buffer.concat([bytesField(1, 'type.googleapis.com/httpgrpc.HTTPResponse'), bytesField(2, response)]);
  return Buffer.concat([varintField(1, code), bytesField(2, text), bytesField(3, any)]);
}
