import { untrack } from 'svelte';
import { tickingNow } from '../components';
import type { DeviceStore } from '../hub/devices.svelte';
import { suggestionsFor, type Suggestion } from './suggestions';

/** Devices change every second; suggestions rarely do, so they are computed at this interval, ms. */
const EVERY_MS = 2_000;

/** Suggestions for the current devices, updated at an interval. Reactive: read it in a `$derived`. */
export function currentSuggestions(devices: DeviceStore): Suggestion[] {
  void [devices.approved, Math.floor(tickingNow() / EVERY_MS)];
  return untrack(() => suggestionsFor(devices.approved));
}
