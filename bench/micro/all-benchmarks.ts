import { benchmarks as chunk } from './chunk.bench.ts';
import { benchmarks as levelDetection } from './level-detection.bench.ts';
import { benchmarks as lineFilter } from './line-filter.bench.ts';
import type { MicroBenchmark } from './micro-benchmark.ts';
import { benchmarks as parsers } from './parsers.bench.ts';
import { benchmarks as pushDecode } from './push-decode.bench.ts';
import { benchmarks as sampleOrder } from './sample-order.bench.ts';
import { benchmarks as soundJson } from './sound-json.bench.ts';
import { benchmarks as windowAggregation } from './window-aggregation.bench.ts';

export const ALL_BENCHMARKS: readonly MicroBenchmark[] = [
  ...lineFilter,
  ...parsers,
  ...windowAggregation,
  ...sampleOrder,
  ...levelDetection,
  ...pushDecode,
  ...chunk,
  ...soundJson,
];
