import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';

export interface GrpcAnswer {
  readonly code: number;
  readonly details: string;
  readonly response: Buffer;
  readonly statusDetails: Buffer | null;
}

/** A gRPC client that sends and gets the bytes of messages. */
export class GrpcClient {
  readonly #client: Client;

  /** `gzip` compresses what is sent. */
  constructor(address: string, compression: 'identity' | 'gzip' = 'identity') {
    const algorithm = { identity: 0, gzip: 2 }[compression];
    this.#client = new Client(address, credentials.createInsecure(), {
      'grpc.default_compression_algorithm': algorithm,
    });
  }

  /** Never rejects: a call that fails has its code and text. */
  async call(path: string, request: Uint8Array, metadata: Readonly<Record<string, string>> = {}): Promise<GrpcAnswer> {
    const headers = new Metadata();
    for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
    const asIs = (bytes: Buffer): Buffer => bytes;
    return await new Promise((resolve) => {
      const answer = (error: ServiceError | null, response?: Buffer): void =>
        resolve({
          code: error?.code ?? 0,
          details: error?.details ?? '',
          response: response ?? Buffer.alloc(0),
          statusDetails: (error?.metadata.get('grpc-status-details-bin')[0] as Buffer | undefined) ?? null,
        });
      this.#client.makeUnaryRequest(path, asIs, asIs, Buffer.from(request), headers, answer);
    });
  }

  close(): void {
    this.#client.close();
  }
}
