import { ALL_BENCHMARKS } from './micro/all-benchmarks.ts';
import { type MicroBenchmark, ROWS } from './micro/micro-benchmark.ts';
import { median } from './run/median.ts';

const RUNS = 15;
const WARM_UP_RUNS = 3;
/** Only benchmarks whose name has this text; all without it. */
const [wanted = ''] = process.argv.slice(2);

/** CPU time, so that other work on the machine changes little. */
async function measure(benchmark: MicroBenchmark): Promise<number> {
  const { run, work, expected } = await benchmark.prepare(ROWS.measured);
  const seconds: number[] = [];
  for (let i = 0; i < WARM_UP_RUNS + RUNS; i++) {
    const before = process.cpuUsage();
    const answer = await run();
    const { user, system } = process.cpuUsage(before);
    if (answer !== expected) throw new Error(`${benchmark.name}: ${answer}, expected ${expected}`);
    if (i >= WARM_UP_RUNS) seconds.push((user + system) / 1e6);
  }
  return work / median(seconds);
}

for (const benchmark of ALL_BENCHMARKS) {
  if (!benchmark.name.includes(wanted)) continue;
  const perSecond = await measure(benchmark);
  const figure = benchmark.unit === 'MB/s' ? (perSecond / 1e6).toFixed(0) : `${(perSecond / 1e6).toFixed(1)} million`;
  process.stdout.write(`${benchmark.name.padEnd(42)}${figure.padStart(14)} ${benchmark.unit}\n`);
}
