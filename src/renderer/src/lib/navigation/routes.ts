/** A place in the app; it lives in the address's fragment, so that links and the back button work. */
export type Route =
  | { page: 'fleet' }
  | { page: 'device'; id: string }
  | { page: 'connections'; session: string | null }
  | { page: 'settings' };

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'device':
      return `#/device/${encodeURIComponent(route.id)}`;
    case 'connections':
      return route.session === null ? '#/connections' : `#/connections/${encodeURIComponent(route.session)}`;
    default:
      return `#/${route.page}`;
  }
}

/** Anything unknown is the fleet: an old bookmark should not lead nowhere. */
export function parseRoute(fragment: string): Route {
  const [page, rest] = fragment.replace(/^#?\/?/, '').split('/', 2);
  const argument = decode(rest);
  if (page === 'device' && argument !== null) return { page, id: argument };
  if (page === 'connections') return { page, session: argument };
  if (page === 'settings') return { page };
  return { page: 'fleet' };
}

function decode(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
