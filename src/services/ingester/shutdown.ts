import { SkaldError } from '../../common/errors.ts';
import type { Ingester } from './ingester.ts';

/** Lets an operator end the ingester before, or without, the process. */
export class IngesterShutdown {
  readonly #ingester: Ingester;
  readonly #terminate: () => void;
  #closing: Promise<void> | null = null;
  /** The next shutdown flushes, whatever the configuration says. */
  isPrepared = false;

  constructor(ingester: Ingester, terminate: () => void) {
    this.#ingester = ingester;
    this.#terminate = terminate;
  }

  /**
   * Refuses further pushes, flushes if asked to, and then asks the process to end if asked to. Queries go on. Errors:
   * `unavailable` when the ingester is not running any more.
   */
  async run(options: { readonly flush: boolean; readonly terminate: boolean }): Promise<void> {
    if (this.#ingester.isClosing) throw new SkaldError('unavailable', 'Cannot shut down: the ingester is not running');
    this.#closing = this.#ingester.close(options.flush || this.isPrepared);
    await this.#closing;
    if (options.terminate) this.#terminate();
  }

  /** The end of the process. */
  async close(): Promise<void> {
    this.#closing ??= this.isPrepared ? this.#ingester.close(true) : this.#ingester.close();
    await this.#closing;
  }
}
