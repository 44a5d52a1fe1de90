import { untrack } from 'svelte';
import { tickingNow } from '../components';
import type { DeviceStore } from '../hub/devices.svelte';
import { suggestionsFor, type Suggestion } from './suggestions';

/** Every device changes every second; what is worth suggesting does not, ms. */
const EVERY_MS = 2_000;

/** What to suggest of the devices there are, looked at anew now and then. Reactive: read it in a `$derived`. */
export function currentSuggestions(devices: DeviceStore): Suggestion[] {
  void [devices.approved, Math.floor(tickingNow() / EVERY_MS)];
  return untrack(() => suggestionsFor(devices.approved));
}
