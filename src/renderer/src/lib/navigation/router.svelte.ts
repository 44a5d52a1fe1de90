import { createSubscriber } from 'svelte/reactivity';
import { formatRoute, parseRoute, type Route } from './routes';

class Router {
  readonly #changes = createSubscriber((update) => {
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  });

  get route(): Route {
    this.#changes();
    return parseRoute(location.hash);
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
