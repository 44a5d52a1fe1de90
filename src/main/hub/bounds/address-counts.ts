import { limitKey } from './peer-address';

/** Counts how many of something each address, or IPv6 network, has open; empty entries are dropped. */
export class AddressCounts {
  readonly #counts = new Map<string, number>();

  of(address: string): number {
    return this.#counts.get(limitKey(address)) ?? 0;
  }

  add(address: string): void {
    this.#counts.set(limitKey(address), this.of(address) + 1);
  }

  remove(address: string): void {
    const left = this.of(address) - 1;
    if (left > 0) this.#counts.set(limitKey(address), left);
    else this.#counts.delete(limitKey(address));
  }
}
