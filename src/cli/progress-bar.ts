import { formatBytes } from '../common/bytes.ts';
import type { Clock } from '../common/runtime.ts';

const WIDTH = 30;
const REDRAW_MS = 100;

/** A line on a terminal that shows how far some bytes have come; silent where standard error is not a terminal. */
export class ProgressBar {
  readonly #totalBytes: number | null;
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #visible: boolean;
  #drawnMs = -Infinity;

  /** `totalBytes` is null when it cannot be known, as for standard input. */
  constructor(totalBytes: number | null, clock: Clock, visible: boolean) {
    this.#totalBytes = totalBytes;
    this.#clock = clock;
    this.#startMs = clock.monotonicMs();
    this.#visible = visible && process.stderr.isTTY;
  }

  update(doneBytes: number, lines: number): void {
    const now = this.#clock.monotonicMs();
    if (!this.#visible || now - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = now;
    process.stderr.write(`\r\x1b[K${this.#text(doneBytes, lines, now)}`);
  }

  end(): void {
    if (this.#visible) process.stderr.write('\r\x1b[K');
  }

  #text(doneBytes: number, lines: number, now: number): string {
    const seconds = Math.max((now - this.#startMs) / 1000, 0.001);
    const rate = `${formatBytes(Math.round(doneBytes / seconds))}/s`;
    const total = this.#totalBytes;
    if (total === null) return `${lines} lines, ${formatBytes(doneBytes)}, ${rate}`;
    const share = total === 0 ? 1 : Math.min(doneBytes / total, 1);
    const filled = Math.round(share * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    return `${bar} ${Math.floor(share * 100)} %  ${lines} lines, ${formatBytes(doneBytes)} of ${formatBytes(total)}, ${rate}`;
  }
}
