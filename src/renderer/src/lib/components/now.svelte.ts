import { createSubscriber } from 'svelte/reactivity';
import { hubNow } from '../time/hub-time';

/** Coarse on purpose: what shows it says `4 min`, and one timer serves every place that shows it. */
const TICK_MS = 1_000;

const ticks = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => clearInterval(timer);
});

/** The hub's time in ms since the epoch; whoever reads it reactively is run again each second. */
export function tickingNow(): number {
  ticks();
  return hubNow();
}
