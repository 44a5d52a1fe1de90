import { getContext, setContext } from 'svelte';

const KEY = Symbol('last-known');

type Read = () => boolean;

/** Tells every component below the calling one whether the page shows only the last known state. Read reactively. */
export function provideLastKnown(isLastKnown: Read): void {
  setContext(KEY, isLastKnown);
}

/**
 * Returns a function that tells whether states and values are only the last known ones, because the hub cannot be
 * heard. Without a provider they are current.
 */
export function useLastKnown(): Read {
  return getContext<Read | undefined>(KEY) ?? (() => false);
}
