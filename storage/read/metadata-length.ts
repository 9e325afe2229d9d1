import { utf8Length } from '../../src/common/utf8.ts';
import type { HeadBlock } from './head-block.ts';

/** Bytes of names and values of the structured metadata of rows of head blocks; levels are not counted. */
export class MetadataLengths {
  readonly #nameLengths: Uint32Array;

  /** `names`: the head's metadata names, by id. */
  constructor(names: readonly string[]) {
    this.#nameLengths = Uint32Array.from(names, utf8Length);
  }

  of({ metadataOffsets, metadataName, metadataValueOffsets }: HeadBlock, row: number): number {
    const first = metadataOffsets[row];
    const last = metadataOffsets[row + 1];
    if (first === last) return 0;
    let bytes = metadataValueOffsets[last] - metadataValueOffsets[first];
    for (let pair = first; pair < last; pair++) bytes += this.#nameLengths[metadataName[pair]];
    return bytes;
  }
}
