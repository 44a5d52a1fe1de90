/** A difference of the clocks beyond this is a clock that was set, not a slow network. */
const JUMP_MS = 2_000;

export interface HubTime {
  /** Takes in what the hub's clock said in a message that arrived just now. */
  observe(hubTime: number): void;
  /** The hub's clock now, ms since the epoch. */
  now(): number;
}

/**
 * The hub's clock as seen from this UI, smooth enough to scroll by: messages that came faster than usual
 * correct it at once, late ones only slowly.
 */
export function createHubTime(monotonic: () => number = () => performance.now()): HubTime {
  let offset = Date.now() - monotonic();
  let known = false;
  return {
    observe(hubTime) {
      const seen = hubTime - monotonic();
      if (!known || Math.abs(seen - offset) > JUMP_MS) offset = seen;
      else offset += (seen - offset) * (seen > offset ? 0.3 : 0.01);
      known = true;
    },
    now: () => offset + monotonic(),
  };
}

const ofThisHub = createHubTime();

/** Takes in what the hub's clock said in a message that arrived just now. */
export function observeHub(hubTime: number): void {
  ofThisHub.observe(hubTime);
}

/**
 * The hub's clock now, ms since the epoch. Every time that the page shows is on it, and the clock of the machine that shows
 * the page may be wrong. Until the hub has told, it is that machine's.
 */
export function hubNow(): number {
  return ofThisHub.now();
}
