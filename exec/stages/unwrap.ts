import { unreachable } from '../../src/common/assert.ts';
import type { Unwrap } from '../../planner/ir/stage.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import { compilePredicate } from './label-predicate.ts';
import { selectRows } from './label-filter.ts';
import { bytesConverter, durationConverter, floatConverter, type LabelConverter } from './label-value.ts';

/** Error label of a value that could not be converted (fact 157). */
export const SAMPLE_EXTRACTION_ERROR = 'SampleExtractionErr';

export interface BatchUnwrap {
  /**
   * The sample value of each selected row, by row number. Rows without the label, with an empty one, or refused by the
   * post filters leave the selection; a value that cannot be converted is 0 with an error on its row (facts 152, 153).
   */
  apply(batch: MutableBatch): Float64Array;
}

/** Turns a label into sample values (facts 152 to 156). */
export function compileUnwrap(unwrap: Unwrap): BatchUnwrap {
  const convert = converterOf(unwrap.conversion);
  const postFilters = unwrap.postFilters.map(compilePredicate);
  return {
    apply(batch) {
      const values = readValues(batch, unwrap.label, convert);
      for (const predicate of postFilters) selectRows(batch, predicate);
      return values;
    },
  };
}

interface ValueConverter {
  readonly converter: LabelConverter;
  /** Nanoseconds become seconds. */
  readonly isDuration: boolean;
}

function converterOf(conversion: Unwrap['conversion']): ValueConverter {
  switch (conversion) {
    case null:
      return { converter: floatConverter(), isDuration: false };
    case 'bytes':
      return { converter: bytesConverter(), isDuration: false };
    case 'duration':
    case 'duration_seconds':
      return { converter: durationConverter(), isDuration: true };
    default:
      return unreachable(conversion);
  }
}

function readValues(batch: MutableBatch, label: string, { converter, isDuration }: ValueConverter): Float64Array {
  const values = batch.memory.float64(batch.rowCount);
  const reader = batch.labels.filterReader(label);
  const { selection, selectedCount, labels } = batch;
  let kept = 0;
  for (let i = 0; i < selectedCount; i++) {
    const row = selection[i];
    if (!reader.at(row) || reader.start === reader.end) continue;
    selection[kept++] = row;
    const value = converter.convert(reader.heap, reader.start, reader.end);
    if (converter.error === null) values[row] = isDuration ? seconds(value) : value;
    else labels.setError(row, SAMPLE_EXTRACTION_ERROR, converter.error);
  }
  batch.selectedCount = kept;
  return values;
}

/** Whole seconds and the rest are added separately, as Go's Duration.Seconds does: the last bit depends on it. */
function seconds(durationNs: number): number {
  const whole = Math.trunc(durationNs / 1e9);
  return whole + (durationNs % 1e9) / 1e9;
}
