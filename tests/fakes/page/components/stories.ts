import { getContext, setContext } from 'svelte';

const KEY = Symbol('what the page is searched for');

export function setQuery(query: () => string): void {
  setContext(KEY, query);
}

/** Whether what the page is searched for is in a component's name; true where it is searched for nothing. */
export function useIsWanted(): (name: string) => boolean {
  const query = getContext<() => string>(KEY);
  return (name) => name.toLowerCase().includes(query().trim().toLowerCase());
}
