import { type Answer, NewestLines, type VectorAnswer, WindowQuantiles, WindowSums } from './answers.ts';
import { type ApiLine, USERS } from './api-lines.ts';
import type { NginxLine } from './nginx-lines.ts';
import { offsetSeconds, SPAN_S } from './timeline.ts';
import type { WorkerLine } from './worker-lines.ts';

const HOUR_S = 3600;
const REQUEST_FAILED = /status=(4|5)\d\d|HTTP\/1\.1" 5/;
const EXCEPTION = /exception/i;

/** Works out the answers of Q01 to Q18 as the lines of `mixed` go by. The needle queries are `needle` calls. */
export class MixedAnswers {
  readonly #newestApi = new NewestLines(100);
  readonly #linesByApp = new WindowSums(60);
  readonly #linesByLevel = new WindowSums(60);
  readonly #errorsByApp = new WindowSums(300);
  readonly #failedByApp = new WindowSums(300);
  readonly #exceptions = new WindowSums(300);
  readonly #linesByStatus = new WindowSums(300);
  readonly #slowErrors = new NewestLines(1000);
  readonly #durations = new WindowQuantiles(300, 0.99);
  readonly #taskErrors = new Map<string, number>();
  readonly #nginxByStatus = new WindowSums(300);
  readonly #bytesByNamespace = new WindowSums(600);
  readonly #errorLines = new WindowSums(300);
  readonly #allLines = new WindowSums(300);
  readonly #posts = new NewestLines(1000);
  readonly #users = new Uint8Array(USERS);
  readonly #needles = new Map<string, NewestLines>([['Q03', new NewestLines(100)]]);
  workerLastHourBytes = 0;

  addAny(app: string, namespace: string, offsetNs: number, line: string): void {
    const second = offsetSeconds(offsetNs);
    this.#linesByApp.add(app, second);
    this.#bytesByNamespace.add(namespace, second, line.length);
    if (line.includes('error')) this.#errorsByApp.add(app, second);
    if (REQUEST_FAILED.test(line)) this.#failedByApp.add(app, second);
    if (EXCEPTION.test(line)) this.#exceptions.add('', second);
  }

  addNginx(offsetNs: number, { line, status }: NginxLine): void {
    this.#nginxByStatus.add(String(status), offsetSeconds(offsetNs));
    if (!line.includes('GET') && !line.includes('200') && line.includes('POST')) this.#posts.add(offsetNs, line);
  }

  addApi(offsetNs: number, { line, level, status, durationMs, path, user }: ApiLine): void {
    const second = offsetSeconds(offsetNs);
    this.#newestApi.add(offsetNs, line);
    this.#linesByLevel.add(level, second);
    this.#linesByStatus.add(String(status), second);
    if (status >= 500 && durationMs > 4000) this.#slowErrors.add(offsetNs, line);
    this.#durations.add(path, second, durationMs);
    this.#allLines.add('', second);
    if (level === 'error') this.#errorLines.add('', second);
    this.#users[user] = 1;
  }

  addWorker(offsetNs: number, { line, level, task }: WorkerLine): void {
    if (offsetSeconds(offsetNs) < SPAN_S - HOUR_S) return;
    this.workerLastHourBytes += line.length;
    if (level === 'error') this.#taskErrors.set(task, (this.#taskErrors.get(task) ?? 0) + 1);
  }

  /** The one line that a needle query finds. */
  needle(query: 'Q02' | 'Q17', offsetNs: number, line: string): void {
    const lines = new NewestLines(100);
    lines.add(offsetNs, line);
    this.#needles.set(query, lines);
  }

  answers(): Map<string, Answer> {
    const topTasks: VectorAnswer = {
      kind: 'Vector',
      values: [...this.#taskErrors.values()].sort((a, b) => b - a).slice(0, 10),
    };
    const users = this.#users.reduce((sum, seen) => sum + seen, 0);
    return new Map<string, Answer>([
      ['Q01', this.#newestApi.answer()],
      ...[...this.#needles].map(([query, lines]) => [query, lines.answer()] as const),
      ['Q04', this.#linesByApp.answer()],
      ['Q05', this.#linesByLevel.answer()],
      ['Q06', this.#errorsByApp.answer(300)],
      ['Q07', this.#failedByApp.answer()],
      ['Q08', this.#exceptions.answer()],
      ['Q09', this.#linesByStatus.answer()],
      ['Q10', this.#slowErrors.answer()],
      ['Q11', this.#durations.answer()],
      ['Q12', topTasks],
      ['Q13', this.#nginxByStatus.answer()],
      ['Q14', this.#bytesByNamespace.answer()],
      ['Q15', this.#errorLines.ratioTo(this.#allLines)],
      ['Q16', this.#posts.answer()],
      ['Q18', { kind: 'Vector', values: users === 0 ? [] : [users] }],
    ]);
  }
}
