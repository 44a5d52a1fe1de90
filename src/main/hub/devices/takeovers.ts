/** Who reports for a device over one connection. */
export interface Speaker {
  /** Identifies the run of the agent's process; null where it does not say. */
  readonly instance: string | null;
  readonly address: string;
}

interface Takeover {
  /** Monotonic ms. */
  at: number;
  from: Speaker;
  to: Speaker;
  /** Whether the one that was replaced answered its close frame: it was there. */
  hasAnswered: () => boolean;
}

/** What becomes of a newcomer that finds a connection of its device alive. */
export type Verdict =
  /** It takes over. */
  | 'take'
  /** Two machines share the identity, and the other one keeps the place. */
  | 'refuse'
  /** Two machines share the identity, and this one was there first. */
  | 'return';

/** A machine that was replaced waits a minute or more before it comes back, ms. */
const WINDOW_MS = 30 * 60_000;
/** The most takeovers remembered. */
const MAX_KEPT = 32;
/** Takeovers of those who do not say which run of an agent they are: so many in so long come from two machines. */
const TOO_MANY = 3;
const SOON_MS = 60_000;
/** The same where each of those that were replaced was there to answer. */
const ANSWERED_MS = 10 * 60_000;
/** How often the user is told. */
const TELL_EVERY_MS = 60 * 60_000;

/**
 * Tells a machine that comes again from two machines that share one identity, perhaps because a data folder was copied.
 * A machine that was replaced by another one and then comes back proves that both run: a machine that replaced its own
 * broken connection never comes back over the broken one. The one that was there first keeps the place.
 */
export class Takeovers {
  #list: Takeover[] = [];
  /** The one that keeps the place; null while nothing is proven. */
  #keeper: Speaker | null = null;
  #contestedAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;

  /** When the first of the takeovers was that are remembered, monotonic ms; null when there are none. */
  get since(): number | null {
    return this.#list[0]?.at ?? null;
  }

  /** Judges a newcomer while `incumbent` is alive, at `now`, monotonic ms. */
  judge(newcomer: Speaker, incumbent: Speaker, now: number): Verdict {
    this.#list = this.#list.filter(({ at }) => at > now - WINDOW_MS).slice(-MAX_KEPT);
    if (now - this.#contestedAt > WINDOW_MS) this.#keeper = null;
    if (newcomer.instance !== null && isSame(newcomer, incumbent)) return 'take';
    const verdict = this.#keeper
      ? this.#among(this.#keeper, newcomer, incumbent)
      : this.#first(newcomer, now);
    if (verdict === 'take') return verdict;
    this.#contestedAt = now;
    // Of two that cannot be told apart, neither is known when it comes again.
    if (!isSame(newcomer, incumbent)) this.#keeper ??= verdict === 'return' ? newcomer : incumbent;
    return verdict;
  }

  /** A newcomer took the place of one that was alive. */
  add(takeover: Takeover): void {
    if (takeover.from.instance === null || !isSame(takeover.from, takeover.to)) this.#list.push(takeover);
  }

  /** Whether it is time to tell the user; then it counts as told. */
  isNews(now: number): boolean {
    if (now - this.#toldAt < TELL_EVERY_MS) return false;
    this.#toldAt = now;
    return true;
  }

  #first(newcomer: Speaker, now: number): Verdict {
    if (this.#list.some(({ from, to }) => isSame(from, newcomer) && !isSame(from, to))) return 'return';
    const count = (withinMs: number, isCounted: (takeover: Takeover) => boolean): number =>
      this.#list.filter((one) => one.at > now - withinMs && isCounted(one)).length;
    const areTwo =
      count(SOON_MS, () => true) >= TOO_MANY || count(ANSWERED_MS, (one) => one.hasAnswered()) >= TOO_MANY;
    return areTwo ? 'refuse' : 'take';
  }

  /** A keeper that was started anew is known by its address, unless the other one has the same. */
  #among(keeper: Speaker, newcomer: Speaker, incumbent: Speaker): Verdict {
    if (isSame(keeper, incumbent)) return 'refuse';
    const isRestarted = keeper.address === newcomer.address && keeper.address !== incumbent.address;
    if (!isSame(keeper, newcomer) && !isRestarted) return 'refuse';
    this.#keeper = newcomer;
    return 'return';
  }
}

function isSame(one: Speaker, other: Speaker): boolean {
  return one.instance !== null && other.instance !== null
    ? one.instance === other.instance
    : one.address === other.address;
}
