import { isSelecting } from './aggregate/vector-accumulator.ts';
import { bucketGrid } from './aggregate/bucket-grid.ts';
import { RunTotals } from './aggregate/run-totals.ts';
import type { PartialAggregate } from './aggregate/partial-aggregate.ts';
import type { MutableBatch } from './batch/create-batch.ts';
import type { FragmentContext } from './fragment-context.ts';
import type { Operator, QueryContext } from './operator.ts';
import { BinaryOp } from './operators/binary-op.ts';
import { canMarkErrors, ChunkScan } from './operators/chunk-scan.ts';
import { CollectRows } from './operators/collect-rows.ts';
import { Constant } from './operators/constant.ts';
import { partialItems, rowItems } from './operators/exchange-items.ts';
import { ExchangeSink } from './operators/exchange-sink.ts';
import { ExchangeSource } from './operators/exchange-source.ts';
import { createProbe, Instrumented, instrumentStage, type OperatorProbe } from './operators/instrumented.ts';
import { LabelReplace } from './operators/label-replace.ts';
import type { LogRows } from './operators/log-rows.ts';
import { Pipe } from './operators/pipe.ts';
import { RangeAggregateFinal } from './operators/range-aggregate-final.ts';
import { RangeAggregatePartial } from './operators/range-aggregate-partial.ts';
import { Sample } from './operators/sample.ts';
import type { SeriesBlock } from './operators/series-block.ts';
import { SortSeries } from './operators/sort-series.ts';
import { TopKFinal } from './operators/top-k-final.ts';
import { TopKLate } from './operators/top-k-late.ts';
import { isNothing, TopKPartial } from './operators/top-k-partial.ts';
import { TopSeries } from './operators/top-series.ts';
import { Variants } from './operators/variants.ts';
import { VectorAggregate } from './operators/vector-aggregate.ts';
import { topmostTopK } from './task/topmost-top-k.ts';
import type { BatchStage } from './stages/batch-stage.ts';
import { compileStage } from './stages/compile-stage.ts';
import { compileUnwrap } from './stages/unwrap.ts';
import type { ExchangeItem } from './task/exchange-codec.ts';
import type { FragmentRunner } from './task/fragment-runner.ts';
import { assert, must, unreachable } from '../src/common/assert.ts';
import type { Labels } from '../src/common/labels.ts';
import type {
  ChunkScan as ChunkScanNode,
  ExchangeSink as ExchangeSinkNode,
  PhysicalNode,
  Pipe as PipeNode,
  RangeAggregate,
  TopK,
  VectorAggregate as VectorAggregateNode,
} from '../planner/physical/plan.ts';
import type { Projection } from '../planner/logical/plan.ts';

/** Statistics by node id; null when nobody asked for them. */
export type Probes = Map<number, OperatorProbe> | null;

/** An operator and what it yields. */
export type BuiltOperator =
  | { readonly yields: 'Batches'; readonly operator: Operator<MutableBatch> }
  | { readonly yields: 'Rows'; readonly operator: Operator<LogRows> }
  | { readonly yields: 'Partials'; readonly operator: Operator<PartialAggregate> }
  | { readonly yields: 'Series'; readonly operator: Operator<SeriesBlock> }
  | { readonly yields: 'Items'; readonly operator: Operator<ExchangeItem> };

/** The operators of a fragment, for one worker. */
export function buildFragment(
  root: ExchangeSinkNode,
  context: FragmentContext,
  probes: Probes,
): Operator<ExchangeItem> {
  const built = new Builder(context, { fragment: context, runner: null }, probes).build(root);
  assert(built.yields === 'Items', 'a fragment ends in an exchange sink');
  return built.operator;
}

/** The operators above the exchanges: rows for a log query, series for a metric query. */
export function buildRoot(
  root: PhysicalNode,
  context: QueryContext,
  runner: FragmentRunner,
  probes: Probes,
): BuiltOperator & { readonly yields: 'Rows' | 'Series' } {
  const built = new Builder(context, { fragment: null, runner }, probes).build(root);
  assert(built.yields === 'Rows' || built.yields === 'Series', 'a query yields rows or series');
  return built;
}

/** Where operators are built: in a worker for a fragment, or above the exchanges. */
interface Site {
  readonly fragment: FragmentContext | null;
  readonly runner: FragmentRunner | null;
}

class Builder {
  readonly #context: QueryContext;
  readonly #site: Site;
  readonly #probes: Probes;
  /** What the scan has to load in place of a TopK that cannot. */
  #extraMetadata: Projection['metadata'] = [];
  /** Of lines, the aggregation above the scan needs the lengths only. */
  #needsOffsetsOnly = false;
  /** Where the scan puts runs of rows that need not be read. */
  #totals: RunTotals | null = null;

  constructor(context: QueryContext, site: Site, probes: Probes) {
    this.#context = context;
    this.#site = site;
    this.#probes = probes;
  }

  build(node: PhysicalNode): BuiltOperator {
    const built = this.#buildNode(node);
    return this.#probes === null ? built : instrument(built, this.#probe(node), this.#context);
  }

  /** The one switch from nodes to operators. */
  #buildNode(node: PhysicalNode): BuiltOperator {
    switch (node.kind) {
      case 'ChunkScan':
        return this.#chunkScan(node);
      case 'Pipe': {
        const stage = compileStage(node.stage, this.#context);
        return { yields: 'Batches', operator: new Pipe(this.#batches(node.input), stage, this.#context) };
      }
      case 'TopK':
        return this.#topK(node, []);
      case 'Sample':
        return { yields: 'Rows', operator: new Sample(node, this.#rows(node.input), this.#context) };
      case 'RangeAggregate':
        return this.#rangeAggregate(node);
      case 'VectorAggregate':
        return { yields: 'Series', operator: this.#vectorAggregate(node) };
      case 'BinaryOp': {
        const [left, right] = [this.#series(node.left), this.#series(node.right)];
        return { yields: 'Series', operator: new BinaryOp(node, left, right, this.#context) };
      }
      case 'LabelReplace':
        return { yields: 'Series', operator: new LabelReplace(node, this.#series(node.input)) };
      case 'NumberLiteral':
      case 'VectorLiteral':
        return { yields: 'Series', operator: new Constant(node, this.#context) };
      case 'Variants': {
        const inputs = node.variants.map((variant) => this.#series(variant));
        return { yields: 'Series', operator: new Variants(inputs, this.#context) };
      }
      case 'ExchangeSink':
        return { yields: 'Items', operator: this.#exchangeSink(node) };
      case 'ExchangeSource':
        return { yields: 'Items', operator: new ExchangeSource(this.#runner, node.fragment, this.#context) };
      default:
        return unreachable(node);
    }
  }

  #chunkScan(node: ChunkScanNode): BuiltOperator {
    const predicates = node.predicates.map((stage) => ({ stage, compiled: compileStage(stage, this.#context) }));
    const projection = {
      line: node.projection.line && this.#needsOffsetsOnly ? ('offsets' as const) : node.projection.line,
      metadata: union(node.projection.metadata, this.#extraMetadata),
    };
    const operator = new ChunkScan(node, projection, predicates, this.#fragment, this.#totals);
    return { yields: 'Batches', operator };
  }

  /** `pipes` are the nodes between the TopK and the fragment's sink, topmost first. */
  #topK(node: TopK, pipes: readonly PipeNode[]): BuiltOperator & { readonly yields: 'Rows' } {
    if (this.#site.fragment === null) {
      return { yields: 'Rows', operator: new TopKFinal(node, this.#rows(node.input), this.#context) };
    }
    // Late metadata replaces a row's labels, so that is only for rows whose labels no stage has touched.
    const isUntouched = node.input.kind === 'ChunkScan' && !marksErrors(node.input);
    if (!isUntouched) this.#extraMetadata = node.late.metadata;
    const late = isUntouched ? node.late : { ...node.late, metadata: [] };
    const stages = pipes.toReversed().map((pipe) => this.#innerStage(pipe));
    const input = this.#batches(node.input);
    const TopKOperator = isUntouched && isLateOnly(node.input) ? TopKLate : TopKPartial;
    return { yields: 'Rows', operator: new TopKOperator({ ...node, late }, input, stages, this.#fragment) };
  }

  /** A stage that a TopK applies itself. */
  #innerStage(node: PipeNode): BatchStage {
    const stage = compileStage(node.stage, this.#context);
    if (this.#probes === null) return stage;
    const probe = createProbe([]);
    this.#probes.set(node.id, probe);
    return instrumentStage(stage, probe, this.#context.clock);
  }

  #rangeAggregate(node: RangeAggregate): BuiltOperator {
    if (node.mode === 'Final') {
      const source = this.build(node.input);
      assert(source.yields === 'Items', 'a final aggregation reads an exchange');
      return {
        yields: 'Series',
        operator: new RangeAggregateFinal(
          node,
          partialItems(source.operator),
          this.#context,
          this.#groupsOf(node.input),
        ),
      };
    }
    const unwrap = node.unwrap === null ? null : compileUnwrap(node.unwrap);
    const isBytes = node.op === 'bytes_over_time' || node.op === 'bytes_rate';
    this.#needsOffsetsOnly = isBytes && node.input.kind === 'ChunkScan';
    this.#totals = runTotals(node, this.#fragment.groups);
    const input = this.#batches(node.input);
    const operator = new RangeAggregatePartial(node, input, unwrap, this.#fragment, this.#totals);
    return { yields: 'Partials', operator };
  }

  #vectorAggregate(node: VectorAggregateNode): Operator<SeriesBlock> {
    const input = this.#series(node.input);
    const { op } = node;
    if (!isSelecting(op)) return new VectorAggregate({ ...node, op }, input, this.#context);
    if (op === 'sort' || op === 'sort_desc') return new SortSeries(node, input, this.#context);
    return new TopSeries(node, input, this.#context);
  }

  #exchangeSink(node: ExchangeSinkNode): Operator<ExchangeItem> {
    const { topK, pipes } = topmostTopK(node);
    const input = topK === null ? this.build(node.input) : this.#instrumentedTopK(topK, pipes);
    if (input.yields === 'Partials') {
      return new ExchangeSink(input.operator, (partial) => ({ kind: 'Partial', partial }));
    }
    assert(input.yields === 'Batches' || input.yields === 'Rows', 'a fragment yields rows or partial results');
    const rows = input.yields === 'Rows' ? input.operator : new CollectRows(input.operator, this.#fragment);
    return new ExchangeSink(rows, (item) => ({ kind: 'Rows', rows: item }));
  }

  #instrumentedTopK(node: TopK, pipes: readonly PipeNode[]): BuiltOperator {
    const built = this.#topK(node, pipes);
    if (this.#probes === null) return built;
    const probe = this.#probe(node);
    probe.inside.push(...pipes.map(({ id }) => id));
    return instrument(built, probe, this.#context);
  }

  #batches(node: PhysicalNode): Operator<MutableBatch> {
    const input = this.build(node);
    assert(input.yields === 'Batches', `${node.kind} does not yield batches`);
    return input.operator;
  }

  #rows(node: PhysicalNode): Operator<LogRows> {
    const input = this.build(node);
    if (input.yields === 'Items') return rowItems(input.operator);
    assert(input.yields === 'Rows', `${node.kind} does not yield rows`);
    return input.operator;
  }

  #series(node: PhysicalNode): Operator<SeriesBlock> {
    const input = this.build(node);
    assert(input.yields === 'Series', `${node.kind} does not yield series`);
    return input.operator;
  }

  /** Groups that results of a fragment refer to by number. */
  #groupsOf(node: PhysicalNode): () => readonly Labels[] | null {
    if (node.kind !== 'ExchangeSource') return () => null;
    return () => this.#runner.groupsOf(node.fragment);
  }

  get #fragment(): FragmentContext {
    return must(this.#site.fragment, 'this node runs in a fragment');
  }

  get #runner(): FragmentRunner {
    return must(this.#site.runner, 'this node runs above the exchanges');
  }

  #probe(node: PhysicalNode): OperatorProbe {
    const probe = createProbe(inputsOf(node).map(({ id }) => id));
    this.#probes?.set(node.id, probe);
    return probe;
  }
}

/** Where the scan below counts rows that it need not read; null when it reads all. */
function runTotals(
  { input, grid, rangeNs, offsetNs }: RangeAggregate,
  groups: FragmentContext['groups'],
): RunTotals | null {
  if (input.kind !== 'ChunkScan' || input.countFrom === undefined) return null;
  const minutes = input.countFrom === 'minutes' ? { rangeNs, range: input.range } : null;
  return new RunTotals(bucketGrid(grid, rangeNs, offsetNs), minutes, groups);
}

function inputsOf(node: PhysicalNode): readonly PhysicalNode[] {
  if ('input' in node) return [node.input];
  if (node.kind === 'BinaryOp') return [node.left, node.right];
  return node.kind === 'Variants' ? node.variants : [];
}

function marksErrors({ predicates }: ChunkScanNode): boolean {
  return predicates.some((stage) => stage.kind === 'LabelFilter' && canMarkErrors(stage.predicate));
}

/** Whether a scan leaves lines and metadata to what chooses rows: with line filters it has read the lines anyway. */
function isLateOnly({ predicates, projection }: ChunkScanNode): boolean {
  return !projection.line && isNothing(projection.metadata) && !predicates.some(({ kind }) => kind === 'LineFilter');
}

function union(a: Projection['metadata'], b: Projection['metadata']): Projection['metadata'] {
  return a === 'all' || b === 'all' ? 'all' : [...new Set([...a, ...b])];
}

function instrument(built: BuiltOperator, probe: OperatorProbe, { clock }: QueryContext): BuiltOperator {
  switch (built.yields) {
    case 'Batches':
      return { ...built, operator: new Instrumented(built.operator, probe, (batch) => batch.selectedCount, clock) };
    case 'Rows':
      return { ...built, operator: new Instrumented(built.operator, probe, (rows) => rows.rowCount, clock) };
    case 'Partials':
      return { ...built, operator: new Instrumented(built.operator, probe, (partial) => partial.count, clock) };
    case 'Series':
      return { ...built, operator: new Instrumented(built.operator, probe, (block) => block.seriesCount, clock) };
    case 'Items':
      return { ...built, operator: new Instrumented(built.operator, probe, itemRows, clock) };
    default:
      return unreachable(built);
  }
}

function itemRows(item: ExchangeItem): number {
  return item.kind === 'Rows' ? item.rows.rowCount : item.partial.count;
}
