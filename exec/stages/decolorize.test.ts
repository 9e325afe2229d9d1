import { describe, expect, test } from 'vitest';
import { compileDecolorize } from './decolorize.ts';
import { batchOfLines, linesOf } from './testing/lines-batch.ts';

describe('decolorize (fact 148)', () => {
  test('removes sequences and leaves other lines alone', () => {
    const batch = batchOfLines([
      '\u001b[32mINFO\u001b[0m \u001b[1;4mbold\u001b[0m step=5',
      'plain é ² text',
      '\u009b31mred\u009b0m',
      '\u001b]0;title\u0007after',
      '',
    ]);
    compileDecolorize().apply(batch);
    expect(linesOf(batch)).toEqual(['INFO bold step=5', 'plain é ² text', 'red', 'after', '']);
  });

  test('rows that are not selected need not be kept', () => {
    const batch = batchOfLines(['\u001b[1mA', '\u001b[1mB', 'C']);
    batch.selection[0] = 1;
    batch.selection[1] = 2;
    batch.selectedCount = 2;
    compileDecolorize().apply(batch);
    expect(linesOf(batch)).toEqual(['B', 'C']);
  });
});
