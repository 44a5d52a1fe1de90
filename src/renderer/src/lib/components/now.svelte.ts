import { createSubscriber } from 'svelte/reactivity';
import { hubNow } from '../time/hub-time';

/** Coarse on purpose: displays such as `4 min` need no more, and one timer serves all of them. */
const TICK_MS = 1_000;

const ticks = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => clearInterval(timer);
});

/** Returns the hub's time in ms since the epoch; reactive, it changes every second. */
export function tickingNow(): number {
  ticks();
  return hubNow();
}
