/** One run that several callers may share. */
export interface Flight<Reading> {
  /** Aborted when no caller is left. */
  readonly signal: AbortSignal;
  /** Call before something is read: from now on the run does not see what changes in it. */
  readonly reads: (reading: Reading) => void;
}

export interface Landed<Result> {
  readonly result: Result;
  /** Whether another caller had started the run. */
  readonly isShared: boolean;
}

interface FlightUnderWay<Result, Reading> {
  readonly result: Promise<Result>;
  readonly abort: AbortController;
  readonly readings: readonly Reading[];
  callers: number;
}

/**
 * Callers that ask the same thing while it is under way share one run. A caller that goes away ends the run only when it
 * was the last. A caller joins a run only when everything that the run has read so far is still as it was read.
 */
export class SingleFlight<Result, Reading> {
  readonly #flights = new Map<string, FlightUnderWay<Result, Reading>>();

  /**
   * The result of the run under `key` that is under way, or else of `start`. `signal` makes the caller leave, with its
   * reason as error; other errors are those of the run.
   */
  async run(
    key: string,
    signal: AbortSignal,
    isCurrent: (reading: Reading) => boolean,
    start: (flight: Flight<Reading>) => Promise<Result>,
  ): Promise<Landed<Result>> {
    signal.throwIfAborted();
    const known = this.#flights.get(key);
    const isShared = known !== undefined && known.readings.every(isCurrent);
    const flight = isShared ? known : this.#start(key, start);
    return { result: await this.#join(key, flight, signal), isShared };
  }

  #start(key: string, start: (flight: Flight<Reading>) => Promise<Result>): FlightUnderWay<Result, Reading> {
    const abort = new AbortController();
    const readings: Reading[] = [];
    const result = start({ signal: abort.signal, reads: (reading) => readings.push(reading) });
    const flight = { result, abort, readings, callers: 0 };
    this.#flights.set(key, flight);
    const forget = (): void => this.#forget(key, flight);
    result.then(forget, forget);
    return flight;
  }

  async #join(key: string, flight: FlightUnderWay<Result, Reading>, signal: AbortSignal): Promise<Result> {
    flight.callers += 1;
    return await new Promise<Result>((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason as Error);
        flight.callers -= 1;
        if (flight.callers > 0) return;
        this.#forget(key, flight);
        flight.abort.abort(signal.reason);
      };
      signal.addEventListener('abort', leave, { once: true });
      const stay = (): void => signal.removeEventListener('abort', leave);
      flight.result.then(resolve, reject).finally(stay);
    });
  }

  /** A newer run may have taken its place. */
  #forget(key: string, flight: FlightUnderWay<Result, Reading>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
