/** An object as a listing tells it. */
export interface ObjectInfo {
  readonly key: string;
  readonly sizeBytes: number;
}

/** May use `target`, if there is one, which has room for `length` bytes: the answer is valid until it is used again. */
export type GetRangeSync = (key: string, offset: number, length: number, target?: Uint8Array) => Uint8Array;

/**
 * Immutable objects by key. Keys are `/`-separated components of `[A-Za-z0-9!_.*'()-]`, none of them `.` or `..`.
 * One conformance suite (object-store.test.ts) runs over every implementation.
 *
 * Errors: SkaldError `not_found` for an object that is not there, `bad_request` for a key or prefix that is not legal,
 * `unavailable` for everything that a disk or a network can cause.
 */
export interface ObjectStore {
  /** The whole object. The caller may keep the bytes but must not change them. */
  get(key: string): Promise<Uint8Array>;
  /** `length` bytes from `offset` on; fewer only where the object ends. The same ownership as `get`. */
  getRange(key: string, offset: number, length: number): Promise<Uint8Array>;
  /** The same without a promise, or null where only waiting can give the bytes: a fast path for worker threads. */
  readonly getRangeSync: GetRangeSync | null;
  /** Writes `parts` one after another as one object, replacing an older one at once. Durable when it resolves. */
  put(key: string, parts: readonly Uint8Array[]): Promise<void>;
  /** As `put`, but false and no change when the object is there already. */
  putIfAbsent(key: string, parts: readonly Uint8Array[]): Promise<boolean>;
  /** Objects whose keys start with `prefix` (empty, or ending in `/`), at any depth, sorted by key. */
  list(prefix: string): Promise<readonly ObjectInfo[]>;
  /** The components that follow `prefix` and are followed by a `/`: one level of folders, sorted. */
  listFolders(prefix: string): Promise<readonly string[]>;
  /** No error when it is not there. */
  delete(key: string): Promise<void>;
}
