import { createSubscriber } from 'svelte/reactivity';
import { formatRoute, parseRoute, type Route } from './routes';

class Router {
  readonly #changes = createSubscriber((update) => {
    this.#changed = update;
    addEventListener('hashchange', update);
    return () => {
      this.#changed = () => {};
      removeEventListener('hashchange', update);
    };
  });

  /** The browser reports a new address with a delay; code that runs before then must not use the old one. */
  #changed: () => void = () => {};
  #parsed: { hash: string; route: Route } | null = null;

  /** The same object as long as the address does not change. */
  get route(): Route {
    this.#changes();
    const { hash } = location;
    if (this.#parsed?.hash !== hash) this.#parsed = { hash, route: parseRoute(hash) };
    return this.#parsed.route;
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
    this.#changed();
  }

  /** Goes to a route without adding a history entry. */
  replace(route: Route): void {
    location.replace(formatRoute(route));
    this.#changed();
  }
}

export const router = new Router();
