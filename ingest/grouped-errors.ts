/** Different messages of one answer; the rest is only counted. */
const MESSAGES_MAX = 100;

/** Error messages of one push: equal ones are counted, `2 errors like: a; b` (features section 1.1). */
export class GroupedErrors {
  readonly #counts = new Map<string, number>();
  #omitted = 0;

  add(message: string): void {
    const count = this.#counts.get(message);
    if (count !== undefined) this.#counts.set(message, count + 1);
    else if (this.#counts.size < MESSAGES_MAX) this.#counts.set(message, 1);
    else this.#omitted++;
  }

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  toString(): string {
    const parts = [...this.#counts].map(([message, count]) =>
      count === 1 ? message : `${count} errors like: ${message}`,
    );
    if (this.#omitted > 0) parts.push(`${this.#omitted} more errors`);
    return parts.join('; ');
  }
}
