/** A token bucket: `rate` tokens come in per second, and at most `burst` are kept. It starts full. */
export class TokenBucket {
  #rate: number;
  #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(rate: number, burst: number, nowMs: number) {
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Takes `amount` tokens, or none and returns false. An amount above the burst never passes. */
  take(amount: number, nowMs: number): boolean {
    this.#refill(nowMs);
    if (amount > this.#tokens) return false;
    this.#tokens -= amount;
    return true;
  }

  /** Gives back what was taken for something that did not happen. */
  giveBack(amount: number): void {
    this.#tokens = Math.min(this.#burst, this.#tokens + amount);
  }

  /** New limits from here on; tokens that were earned stay, up to the new burst. */
  configure(rate: number, burst: number, nowMs: number): void {
    if (rate === this.#rate && burst === this.#burst) return;
    this.#refill(nowMs);
    this.#rate = rate;
    this.#burst = burst;
    this.#tokens = Math.min(this.#tokens, burst);
  }

  #refill(nowMs: number): void {
    // A clock that steps back earns nothing and takes nothing away.
    const elapsedMs = Math.max(0, nowMs - this.#atMs);
    this.#tokens = Math.min(this.#burst, this.#tokens + (elapsedMs * this.#rate) / 1000);
    this.#atMs = nowMs;
  }
}
