/** A larger difference between the clocks means that a clock was set, not that the network is slow. */
const JUMP_MS = 2_000;

export interface HubTime {
  /** Records the hub's time from a message that arrived just now. */
  observe(hubTime: number): void;
  /** Returns the hub's clock now, ms since the epoch; the held time while it is held. */
  now(): number;
  /** Makes the clock stand still at this time, until the hub is heard again. */
  hold(at: number): void;
}

/**
 * Tracks the hub's clock as seen from this UI, smooth enough to scroll by: messages that came faster than usual correct
 * it at once, late ones only slowly.
 */
export function createHubTime(monotonic: () => number = () => performance.now()): HubTime {
  let offset = Date.now() - monotonic();
  let known = false;
  let heldAt: number | null = null;
  return {
    observe(hubTime) {
      heldAt = null;
      const seen = hubTime - monotonic();
      if (!known || Math.abs(seen - offset) > JUMP_MS) offset = seen;
      else offset += (seen - offset) * (seen > offset ? 0.3 : 0.01);
      known = true;
    },
    now: () => heldAt ?? offset + monotonic(),
    hold(at) {
      heldAt = at;
    },
  };
}

const ofThisHub = createHubTime();

/** Records the hub's time from a message that arrived just now. */
export function observeHub(hubTime: number): void {
  ofThisHub.observe(hubTime);
}

/**
 * Holds the clock while the hub cannot be heard: ages such as `3 s ago` then stay true of the moment that the page shows.
 */
export function holdHubTime(at: number): void {
  ofThisHub.hold(at);
}

/**
 * Returns the hub's clock now, ms since the epoch; until the hub has sent its time, this machine's clock. Every time on
 * the page uses it, because this machine's clock may be wrong.
 */
export function hubNow(): number {
  return ofThisHub.now();
}
