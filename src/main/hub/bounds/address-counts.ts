import { crowdKey, isLinkLocal, limitKey, LINK_LOCAL_SHARES } from './peer-address';

/**
 * Counts how many of something each address, or IPv6 network, has open; empty entries are dropped. Link-local addresses
 * together count as a few addresses.
 */
export class AddressCounts {
  readonly #counts = new Map<string, number>();

  of(address: string): number {
    const own = this.#counts.get(limitKey(address)) ?? 0;
    if (!isLinkLocal(address)) return own;
    return Math.max(own, Math.floor((this.#counts.get(crowdKey(address)) ?? 0) / LINK_LOCAL_SHARES));
  }

  add(address: string): void {
    this.#change(address, 1);
  }

  remove(address: string): void {
    this.#change(address, -1);
  }

  #change(address: string, by: number): void {
    for (const key of new Set([limitKey(address), crowdKey(address)])) {
      const count = (this.#counts.get(key) ?? 0) + by;
      if (count > 0) this.#counts.set(key, count);
      else this.#counts.delete(key);
    }
  }
}
