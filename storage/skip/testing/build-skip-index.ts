import { must } from '../../../src/common/assert.ts';
import { SkipIndex } from '../skip-index.ts';
import { SkipTableBuilder } from '../skip-table-builder.ts';

/** Lines as a chunk holds them. */
export function toColumn(lines: readonly Uint8Array[]): { values: Uint8Array; offsets: Int32Array } {
  const offsets = new Int32Array(lines.length + 1);
  for (const [i, line] of lines.entries()) offsets[i + 1] = offsets[i] + line.length;
  return { values: Buffer.concat(lines), offsets };
}

/** A skip index with a row group per list of lines. */
export function buildSkipIndex(groups: readonly (readonly Uint8Array[])[], bytesMax = Infinity): SkipIndex {
  const builder = new SkipTableBuilder();
  for (const lines of groups) {
    const { values, offsets } = toColumn(lines);
    builder.addLines(values, offsets);
    builder.endGroup(bytesMax);
  }
  return new SkipIndex(must(builder.finish()));
}
