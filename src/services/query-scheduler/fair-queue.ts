/**
 * What waits, by tenant: tenants take turns, the items of one tenant are served in their order. Every operation takes the
 * same time however much waits.
 */
export class FairQueue<Item> {
  /** The tenant whose turn it is comes first. None is empty. */
  readonly #tenants = new Map<string, Set<Item>>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  lengthOf(tenant: string): number {
    return this.#tenants.get(tenant)?.size ?? 0;
  }

  tenants(): string[] {
    return [...this.#tenants.keys()];
  }

  /** `item` is not in the queue yet. */
  add(tenant: string, item: Item): void {
    const items = this.#tenants.get(tenant);
    if (items === undefined) this.#tenants.set(tenant, new Set([item]));
    else items.add(item);
    this.#length += 1;
  }

  /** The next item, or undefined when nothing waits. */
  take(): Item | undefined {
    for (const [tenant, items] of this.#tenants) {
      for (const item of items) {
        this.#tenants.delete(tenant);
        items.delete(item);
        if (items.size > 0) this.#tenants.set(tenant, items);
        this.#length -= 1;
        return item;
      }
    }
    return undefined;
  }

  /** Lets an item leave; harmless when it is not there any more. */
  remove(tenant: string, item: Item): void {
    const items = this.#tenants.get(tenant);
    if (items?.delete(item) !== true) return;
    this.#length -= 1;
    if (items.size === 0) this.#tenants.delete(tenant);
  }
}
