export interface CacheValue {
  readonly key: string;
  readonly value: Uint8Array;
}

/** Where a cache keeps its values. A store that cannot be reached has nothing and takes nothing; it never rejects. */
export interface CacheStore {
  /** Values outlive this process, and other processes may have written them. */
  readonly outlivesProcess: boolean;
  /** In the order of the keys; null where there is nothing. */
  get(keys: readonly string[]): Promise<(Uint8Array | null)[]>;
  put(values: readonly CacheValue[]): Promise<void>;
  close(): Promise<void>;
}
