import { createSubscriber } from 'svelte/reactivity';
import { formatRoute, parseRoute, type Route } from './routes';

class Router {
  readonly #changes = createSubscriber((update) => {
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  });

  #parsed: { hash: string; route: Route } | null = null;

  /** The same object as long as the address is. */
  get route(): Route {
    this.#changes();
    const { hash } = location;
    if (this.#parsed?.hash !== hash) this.#parsed = { hash, route: parseRoute(hash) };
    return this.#parsed.route;
  }

  go(route: Route): void {
    location.hash = formatRoute(route);
  }

  /** The same without a trail behind the back button. */
  replace(route: Route): void {
    location.replace(formatRoute(route));
  }
}

export const router = new Router();
