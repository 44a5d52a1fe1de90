import type { RefusalInfo, RefusedCounts } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import { allowingOption } from './allowing-option';
import type { RefusedClient } from './refused-client';

type Refusal = Omit<RefusalInfo, 'option'>;

/**
 * Counts refusals by fault code, and keeps the clients of each that were refused last. The codes are the hub's own, so
 * the map stays small.
 */
export class RefusedCounter {
  readonly #limits: Limits;
  readonly #now: () => number;
  readonly #counts = new Map<string, number>();
  /** By code, the latest first. */
  readonly #latest = new Map<string, Refusal[]>();

  constructor(limits: Limits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** `client` is null where nobody in particular was refused. */
  add(code: string, client: RefusedClient | null = null): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    if (client) this.#keep(code, client);
  }

  all(): RefusedCounts {
    return Object.fromEntries(this.#counts);
  }

  /** The latest first. */
  latest(code: string): RefusalInfo[] {
    const kept = this.#latest.get(code) ?? [];
    return kept.map((one) => ({ ...one, option: allowingOption(code, one, this.#limits) }));
  }

  #keep(code: string, client: RefusedClient): void {
    let kept = this.#latest.get(code);
    if (!kept) this.#latest.set(code, (kept = []));
    const at = this.#now();
    const index = kept.findIndex((one) => isSame(one, client));
    const [known] = index < 0 ? [] : kept.splice(index, 1);
    const { address, device, origin, host, path } = client;
    kept.unshift({ at, count: (known?.count ?? 0) + 1, address, device, origin, host, path });
    if (kept.length > this.#limits.refusalsKept) kept.pop();
  }
}

/** One client that is refused again and again is one row, so that it hides nobody. */
function isSame(one: RefusedClient, other: RefusedClient): boolean {
  return (
    one.address === other.address &&
    one.device === other.device &&
    one.path === other.path &&
    one.host === other.host &&
    one.origin === other.origin
  );
}
