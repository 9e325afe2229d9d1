import { Command } from 'commander';
import { runRulesBenchmark } from './run/rules-benchmark.ts';

const flags = new Command('rules')
  .description('Evaluates the rules of one tenant on a server of its own, and prints what a cycle of them costs.')
  .option('--rules <count>', 'in groups of ten', Number, 1000)
  .option('--interval <ms>', 'in which every rule is evaluated once', Number, 60_000)
  .option('--cycles <count>', 'that are measured', Number, 3)
  .option('--lines <count>', 'in ten minutes', Number, 600_000)
  .option('--seed <number>', 'of the data', Number, 20_260_115)
  .parse()
  .opts<{ rules: number; interval: number; cycles: number; lines: number; seed: number }>();

const { interval: intervalMs, ...rest } = flags;
const progress = (text: string) => void process.stderr.write(`${text}\n`);
const { cycles, lineBytes, peakBytes } = await runRulesBenchmark({ ...rest, intervalMs, quietMs: 1000, progress });
console.log(
  `${flags.lines} lines in ten minutes, ${(lineBytes / 1e6).toFixed(0)} MB, peak ${(peakBytes / 1e6).toFixed(0)} MB`,
);
console.table(
  cycles.map((cycle) => ({
    evaluations: cycle.evaluations,
    failures: cycle.failures,
    missed: cycle.missed,
    'rule s': Number(cycle.ruleSeconds.toFixed(2)),
    'CPU s': Number(cycle.cpuSeconds.toFixed(2)),
    'pages MB': Number((cycle.pageBytes / 1e6).toFixed(1)),
  })),
);
if (cycles.some(({ failures, missed }) => failures > 0 || missed > 0)) process.exitCode = 1;
