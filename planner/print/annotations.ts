import { formatBytes } from '../../src/common/bytes.ts';
import type { Analysis, OperatorAnalysis, WorkerAnalysis } from '../analysis.ts';
import type { CatalogStatistics } from '../physical/catalog.ts';
import type { Estimate, Fragment } from '../physical/plan.ts';
import { printMinutes } from './minutes.ts';
import type { Annotate } from './physical.ts';
import { printPruning } from './pruning.ts';

/** What a fragment will read at most, and how the catalog narrowed it down. */
export function fragmentHeadline({ estimate, catalog, pruning, minutes, root }: Fragment): readonly string[] {
  const lines = [`reads at most ${printEstimate(estimate)}`];
  if (catalog !== undefined) lines.push(printCatalog(catalog));
  if (pruning !== undefined) lines.push(...printPruning(pruning));
  if (root.input.kind === 'RangeAggregate') lines.push(...printMinutes(root.input, minutes));
  return lines;
}

function printEstimate({ streams, units, rows, lineBytes, pages, pageBytes }: Estimate): string {
  return (
    `${count(streams, 'stream')}, ${count(units, 'unit')}, ${count(rows, 'row')} (${formatBytes(lineBytes)} of lines), ` +
    `${count(pages, 'page')} (${formatBytes(pageBytes)})`
  );
}

function printCatalog(statistics: CatalogStatistics): string {
  const { chunksTotal, chunksMatched, rowGroupsTotal, rowGroupsMatched, headRows, lookupMs } = statistics;
  return (
    `catalog: ${chunksMatched} of ${count(chunksTotal, 'chunk')}, ${rowGroupsMatched} of ` +
    `${count(rowGroupsTotal, 'row group')}, ${count(headRows, 'row')} in the head, ${ms(lookupMs)}`
  );
}

export function nodeAnnotation(analysis: Analysis | null): Annotate {
  return (node) => {
    const did = analysis?.operators.get(node.id);
    return did === undefined ? { suffix: '', notes: [] } : { suffix: printOperator(did), notes: printColumns(did) };
  };
}

function printOperator({ rowsIn, rowsOut, batches, ms: took }: OperatorAnalysis): string {
  return `  (rows ${rowsIn} → ${rowsOut}, ${count(batches, 'batch', 'batches')}, ${ms(took)})`;
}

function printColumns({ columns }: OperatorAnalysis): string[] {
  const names = [...columns.keys()].sort();
  return names.flatMap((name) => {
    const read = columns.get(name);
    if (read === undefined) return [];
    const { pages, storedBytes, rawBytes } = read;
    return [`${name}: ${count(pages, 'page')}, ${formatBytes(storedBytes)} stored, ${formatBytes(rawBytes)} raw`];
  });
}

/** Titles and texts. */
export function explainAnalysis(analysis: Analysis): readonly (readonly [string, string])[] {
  const { execMs, queueMs, linesProcessed, bytesProcessed, linesPostFilter, entriesReturned } = analysis;
  const { headLines, pagesRead, pageBytesStored, pageBytesRaw, unitsRead, unitsTotal, workers } = analysis;
  const totals = [
    `${ms(execMs)}, ${ms(queueMs)} in the queue`,
    `lines: ${linesProcessed} processed (${formatBytes(bytesProcessed)}; ${headLines} from the head), ` +
      `${linesPostFilter} passed the filters, ${entriesReturned} returned`,
    `units: ${unitsRead} of ${unitsTotal} read`,
    `pages: ${pagesRead} read, ${formatBytes(pageBytesStored)} stored, ${formatBytes(pageBytesRaw)} raw`,
  ];
  return [
    ['Execution', totals.join('\n')],
    ['Workers', workers.length === 0 ? 'none' : workers.map(printWorker).join('\n')],
  ];
}

function printWorker({ worker, tasks, busyMs, peakBytes }: WorkerAnalysis): string {
  return `${worker < 0 ? 'coordinator' : `worker ${worker}`}: ${count(tasks, 'task')}, busy ${ms(busyMs)}, peak ${formatBytes(peakBytes)}`;
}

function count(value: number, one: string, many = `${one}s`): string {
  return `${value} ${value === 1 ? one : many}`;
}

function ms(value: number): string {
  return `${value.toFixed(2)} ms`;
}
