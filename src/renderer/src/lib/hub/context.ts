import { getContext, setContext } from 'svelte';
import type { HubState } from './hub-state.svelte';

const KEY = Symbol('hub');

/** Provides this hub to every component below the calling one. */
export function setHub(hub: HubState): void {
  setContext(KEY, hub);
}

/** Returns the hub of this app. Throws outside of a component below {@link setHub}. */
export function useHub(): HubState {
  const hub = getContext<HubState | undefined>(KEY);
  if (!hub) throw new Error('useHub() was called outside of the app.');
  return hub;
}
