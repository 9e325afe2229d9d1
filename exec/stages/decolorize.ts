import { compileRegexp } from '../../src/common/regexp/compile.ts';
import { TextBuilder } from '../batch/text-builder.ts';
import type { BatchStage } from './batch-stage.ts';

const ESCAPE = 0x1b;
/** The two bytes of U+009B, which begins a sequence in one character. */
const CSI_FIRST = 0xc2;
const CSI_SECOND = 0x9b;

/** CSI sequences (colours, cursor) and OSC sequences (titles, links), in one expression (fact 148). */
const ANSI =
  '[\\x1b\\x{9b}][\\[\\]()#;?]*(?:(?:(?:[a-zA-Z0-9]*(?:;[a-zA-Z0-9]*)*)?\\x07)' +
  '|(?:(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?[0-9A-PRZcf-ntqry=><~]))';

/** Removes ANSI sequences from the lines. Lines without an escape byte are not looked at. */
export function compileDecolorize(): BatchStage {
  const ansi = compileRegexp(ANSI);
  return {
    kind: 'Decolorize',
    apply(batch) {
      const { line } = batch;
      // Nobody reads the line of a query that only counts.
      if (line === null) return;
      if (!hasEscape(line.values, 0, line.values.length)) return;
      const lines = new TextBuilder(batch.rowCount);
      const bytes = Buffer.from(line.values.buffer, line.values.byteOffset, line.values.byteLength);
      for (let i = 0; i < batch.selectedCount; i++) {
        const row = batch.selection[i];
        const start = line.offsets[row];
        const end = line.offsets[row + 1];
        if (hasEscape(line.values, start, end)) {
          lines.appendText(row, ansi.replaceAll(bytes.toString('utf8', start, end), '', true));
        } else {
          lines.appendSlice(row, line.values, start, end);
        }
      }
      batch.line = lines.finish();
    },
  };
}

function hasEscape(heap: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    if (heap[i] === ESCAPE || (heap[i] === CSI_FIRST && heap[i + 1] === CSI_SECOND)) return true;
  }
  return false;
}
