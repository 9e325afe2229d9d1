import type { ErrorCode } from '../../common/errors.ts';
import type { Cut } from '../../../storage/chunk/cut.ts';
import type { FrameCodec } from '../../../storage/chunk/frame-codec.ts';
import type { CommittedIndex } from '../../../storage/index/index-content.ts';
import type { ObjectStoreConfig } from '../../../storage/objectstore/object-store-config.ts';

/** `workerData` of the flush worker. */
export interface FlushWorkerData {
  readonly store: ObjectStoreConfig;
  readonly codec: FrameCodec;
}

/** One at a time; answered by any number of Committed and then one Done or Failed. */
export interface FlushRequest {
  readonly cut: Cut;
  readonly committed: readonly CommittedIndex[];
}

export type FlushReply =
  | { readonly kind: 'Committed'; readonly index: CommittedIndex }
  | { readonly kind: 'Done'; readonly committed: readonly CommittedIndex[] }
  | { readonly kind: 'Failed'; readonly code: ErrorCode; readonly message: string };
