import { RE2JS } from 're2js';
import type { DropStage, KeepStage, LabelFormatStage, LabelTarget, LineFormatStage } from '../../grammar/ast.ts';
import { SkaldError } from '../../src/common/errors.ts';
import { executeTemplate, type TemplateContext } from '../../src/common/template/execute.ts';
import { template as compiled } from './compile-once.ts';
import { labelTest } from './matcher-test.ts';
import { DETAILS, ERROR, PRESERVE, type OracleRow } from './oracle-row.ts';

/** `line_format`: the line is what the template makes of the labels; a failed one leaves it (facts 143, 144). */
export function formatLine(row: OracleRow, { template }: LineFormatStage): void {
  row.line = execute(row, template, 'line', contextOf(row)) ?? row.line;
}

/** `label_format`: items from left to right; templates see the row as the first of them found it (145 to 147). */
export function formatLabels(row: OracleRow, { items }: LabelFormatStage): void {
  let context: TemplateContext | null = null;
  for (const item of items) {
    if (item.kind === 'Rename') {
      const value = row.filterValue(item.from);
      if (value === undefined) continue;
      row.set(item.to, value);
      row.remove(item.from);
    } else {
      context ??= contextOf(row);
      const value = execute(row, item.template, 'label', context);
      if (value !== null) row.set(item.to, value);
    }
  }
}

function contextOf(row: OracleRow): TemplateContext {
  const labels = row.labels();
  const { line, timestampNs } = row;
  return {
    label: (name) => labels.get(name),
    labelNames: () => labels.pairs.map(([name]) => name),
    line,
    timestampNs,
    nowNs: timestampNs,
  };
}

function execute(row: OracleRow, template: string, name: string, context: TemplateContext): string | null {
  try {
    return executeTemplate(compiled(template, name), context);
  } catch (error) {
    if (!(error instanceof SkaldError) || error.code !== 'pipeline_error') throw error;
    row.setError('TemplateFormatErr', error.message);
    return null;
  }
}

/** `drop` (fact 149). */
export function dropLabels(row: OracleRow, { targets }: DropStage): void {
  for (const target of targets) if (isTarget(row, target)) row.remove(target.name);
}

/** `keep` (fact 150). */
export function keepLabels(row: OracleRow, { targets }: KeepStage): void {
  for (const [name] of row.labels().pairs) {
    if (name === ERROR || name === DETAILS || name === PRESERVE) continue;
    if (!targets.some((target) => target.name === name && isTarget(row, target))) row.remove(name);
  }
}

function isTarget(row: OracleRow, { name, matcher }: LabelTarget): boolean {
  return matcher === null || labelTest(matcher)(row.value(name) ?? '');
}

/** CSI sequences such as colours, and OSC sequences such as titles (fact 148). */
const ANSI = RE2JS.compile(
  '[\\x1B\\x{9B}][[\\]()#;?]*(?:(?:(?:[A-Za-z0-9]*(?:;[A-Za-z0-9]*)*)?\\x07)' +
    '|(?:(?:\\d{1,4}(?:;\\d{0,4})*)?[\\dA-PRZcf-ntqry=><~]))',
);

/** `decolorize`. */
export function decolorize(row: OracleRow): void {
  row.line = ANSI.matcher(row.line).replaceAll('');
}
