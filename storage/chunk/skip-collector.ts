import type { Page } from '../../src/common/scan-unit.ts';
import { encodeUtf8 } from '../../src/common/utf8.ts';
import type { SkipTable } from '../skip/skip-table.ts';
import { SkipTableBuilder } from '../skip/skip-table-builder.ts';
import { hashPairName } from '../skip/tokens.ts';
import type { Cut } from './cut.ts';
import type { SortedRows } from './sort-rows.ts';

/** Most that the skip table takes of the bytes of a row group's pages. */
const SHARE_OF_PAGES_MAX = 0.12;
/** The name under which queries see the level. */
const LEVEL_NAME = 'detected_level';

/** Collects the skip table of a chunk: tokens of lines and pairs of structured metadata, row group by row group. */
export class SkipCollector {
  readonly #cut: Cut;
  readonly #rows: SortedRows;
  readonly #table = new SkipTableBuilder();
  /** By the head's name id. */
  readonly #nameHashes: Int32Array;
  readonly #levels: readonly Uint8Array[];
  readonly #levelHash = hashPairName(encodeUtf8(LEVEL_NAME));

  constructor(cut: Cut, rows: SortedRows) {
    this.#cut = cut;
    this.#rows = rows;
    this.#nameHashes = Int32Array.from(cut.metadataNames, (name) => hashPairName(encodeUtf8(name)));
    this.#levels = cut.levels.map(encodeUtf8);
  }

  /** The row group of sorted rows `[start, end)`; `lines` are the buffers of its line column. */
  add(start: number, end: number, lines: readonly Uint8Array[], pages: readonly Page[]): void {
    const [, offsets, values] = lines;
    this.#table.addLines(values, new Int32Array(offsets.buffer, offsets.byteOffset, offsets.length / 4));
    this.#addLevels(start, end);
    this.#addMetadata(start, end);
    const pageBytes = pages.reduce((sum, { length }) => sum + length, 0);
    this.#table.endGroup(Math.floor(pageBytes * SHARE_OF_PAGES_MAX));
  }

  /** Null when no row group has a filter. */
  finish(): SkipTable | null {
    return this.#table.finish();
  }

  #addLevels(start: number, end: number): void {
    const isSeen = new Uint8Array(this.#levels.length + 1);
    const { block: blocks, row } = this.#rows;
    for (let i = start; i < end; i++) isSeen[this.#cut.blocks[blocks[i]].block.level[row[i]]] = 1;
    for (const [i, level] of this.#levels.entries()) {
      if (isSeen[i + 1] === 1) this.#table.addPair(this.#levelHash, level, 0, level.length);
    }
  }

  #addMetadata(start: number, end: number): void {
    const { block: blocks, row: rows } = this.#rows;
    for (let i = start; i < end; i++) {
      const { metadataOffsets, metadataName, metadataValueOffsets, metadataValues } = this.#cut.blocks[blocks[i]].block;
      const row = rows[i];
      for (let pair = metadataOffsets[row]; pair < metadataOffsets[row + 1]; pair++) {
        const from = metadataValueOffsets[pair];
        this.#table.addPair(this.#nameHashes[metadataName[pair]], metadataValues, from, metadataValueOffsets[pair + 1]);
      }
    }
  }
}
