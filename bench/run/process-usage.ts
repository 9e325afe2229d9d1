import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** What Linux counts of a process, threads included. */
export class ProcessUsage {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  /** CPU seconds since its start, in steps of 10 ms; threads that ended count. */
  cpuSeconds(): number {
    const stat = this.#read('stat');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** CPU seconds of the threads that are there, in nanosecond steps: for differences in which no thread ends. */
  threadCpuSeconds(): number {
    let ns = 0;
    for (const thread of readdirSync(`/proc/${this.#pid}/task`)) {
      ns += Number(this.#read(`task/${thread}/schedstat`).split(' ')[0]);
    }
    return ns / 1e9;
  }

  /** Most resident memory since the start, or since `forgetPeak`. */
  peakBytes(): number {
    return Number(/VmHWM:\s+(\d+)/.exec(this.#read('status'))?.[1] ?? 0) * 1024;
  }

  forgetPeak(): void {
    writeFileSync(`/proc/${this.#pid}/clear_refs`, '5');
  }

  #read(name: string): string {
    return readFileSync(`/proc/${this.#pid}/${name}`, 'latin1');
  }
}
