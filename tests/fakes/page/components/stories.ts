import { getContext, setContext } from 'svelte';

const KEY = Symbol('what the page is searched for');

export function setQuery(query: () => string): void {
  setContext(KEY, query);
}

/** Returns a test for whether a component's name contains the page's search text; always true without one. */
export function useIsWanted(): (name: string) => boolean {
  const query = getContext<() => string>(KEY);
  return (name) => name.toLowerCase().includes(query().trim().toLowerCase());
}
