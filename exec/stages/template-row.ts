import { SkaldError } from '../../src/common/errors.ts';
import type { Clock } from '../../src/common/runtime.ts';
import type { Template } from '../../src/common/template/ast.ts';
import { executeTemplate, type TemplateContext } from '../../src/common/template/execute.ts';
import { decodeUtf8 } from '../../src/common/utf8.ts';
import { type ColumnLabels, textOf } from '../batch/column-labels.ts';
import type { MutableBatch } from '../batch/create-batch.ts';
import type { LabelReader } from '../batch/label-columns.ts';
import type { TextColumn } from '../batch/text-column.ts';

/** Error label of a template that failed on a row (fact 157). */
export const TEMPLATE_ERROR = 'TemplateFormatErr';

/**
 * The rows of one batch as templates see them (fact 143). Labels that get their first value after a template asked for
 * them are not seen: a stage reads a row before it writes it.
 */
export class TemplateRow implements TemplateContext {
  row = 0;
  readonly #labels: ColumnLabels;
  readonly #line: TextColumn | null;
  readonly #timestamp: BigInt64Array | null;
  readonly #clock: Clock;
  readonly #readers = new Map<string, LabelReader>();

  constructor(batch: MutableBatch, clock: Clock) {
    this.#labels = batch.labels;
    this.#line = batch.line;
    this.#timestamp = batch.timestamp;
    this.#clock = clock;
  }

  get line(): string {
    const line = this.#line;
    return line === null ? '' : decodeUtf8(line.values, line.offsets[this.row], line.offsets[this.row + 1]);
  }

  get timestampNs(): bigint {
    return this.#timestamp === null ? 0n : this.#timestamp[this.row];
  }

  get nowNs(): bigint {
    return this.#clock.nowNs();
  }

  label(name: string): string | undefined {
    let reader = this.#readers.get(name);
    if (reader === undefined) {
      reader = this.#labels.reader(name);
      this.#readers.set(name, reader);
    }
    return reader.at(this.row) ? textOf(reader) : undefined;
  }

  labelNames(): readonly string[] {
    return this.#labels.row(this.row).pairs.map(([name]) => name);
  }

  /** What the template makes of the row, or why it failed; the row has no error before `fail`. */
  execute(template: Template): string | SkaldError {
    try {
      return executeTemplate(template, this);
    } catch (error) {
      if (!(error instanceof SkaldError) || error.code !== 'pipeline_error') throw error;
      return error;
    }
  }

  /** The row has the error of a template (fact 144). */
  fail(error: SkaldError): void {
    this.#labels.setError(this.row, TEMPLATE_ERROR, error.message);
  }
}
