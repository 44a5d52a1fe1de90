import { EMPTY_STATE, formatState, parseState, type ExploreState } from '../explore/explore-link';
import { formatFleetList, parseFleetList, type FleetList } from './fleet-link';
import { formatView, parseView, type TimeView } from '../time/time-view';

/** The parts of the settings with an address of their own; an address without one shows the general part. */
export const SETTINGS_PARTS = ['trust', 'access', 'storage', 'audit'] as const;
export type SettingsPart = (typeof SETTINGS_PARTS)[number];

/** A place in the app. It is stored in the address's fragment, so that links and the back button work. */
export type Route =
  /** Without `list`, the page shows what this browser showed last. */
  | { page: 'fleet'; list?: FleetList }
  /** `view` is the time that the page shows; without it, the usual one. */
  | { page: 'device'; id: string; view?: TimeView }
  /** Without `state`, nothing is selected. */
  | { page: 'explore'; state?: ExploreState }
  | { page: 'boards' }
  /** `wall` shows only the board, for a screen that many people watch. */
  | { page: 'board'; id: string; view?: TimeView; wall?: true }
  | { page: 'connections'; session: string | null }
  | { page: 'settings'; section?: SettingsPart };

export function formatRoute(route: Route): string {
  switch (route.page) {
    case 'fleet': {
      const query = route.list ? formatFleetList(route.list) : '';
      return query === '' ? '#/fleet' : `#/fleet?${query}`;
    }
    case 'device':
      return `#/device/${encodeURIComponent(route.id)}${route.view ? `?${formatView(route.view)}` : ''}`;
    case 'explore':
      return route.state ? `#/explore?${formatState(route.state)}` : '#/explore';
    case 'board': {
      const query = [...(route.wall ? ['wall=1'] : []), ...(route.view ? [formatView(route.view)] : [])];
      return `#/boards/${encodeURIComponent(route.id)}${query.length > 0 ? `?${query.join('&')}` : ''}`;
    }
    case 'connections':
      return route.session === null ? '#/connections' : `#/connections/${encodeURIComponent(route.session)}`;
    case 'settings':
      return route.section ? `#/settings/${route.section}` : '#/settings';
    default:
      return `#/${route.page}`;
  }
}

/** Parses an address. Unknown ones lead to the fleet, so that old bookmarks still work. */
export function parseRoute(fragment: string): Route {
  const [path = '', query = ''] = fragment.split('?', 2);
  const [page, rest] = path.replace(/^#?\/?/, '').split('/', 2);
  const argument = decode(rest);
  if (page === 'device' && argument !== null) {
    const view = parseView(query);
    return view ? { page, id: argument, view } : { page, id: argument };
  }
  if (page === 'explore') {
    const state = query === '' ? EMPTY_STATE : parseState(query);
    return state === EMPTY_STATE ? { page } : { page, state };
  }
  if (page === 'boards' && argument === null) return { page };
  if (page === 'boards' && argument !== null) {
    const view = parseView(query);
    const wall = new URLSearchParams(query.slice(0, 1_024)).get('wall') === '1';
    return { page: 'board', id: argument, ...(view && { view }), ...(wall && { wall }) };
  }
  if (page === 'connections') return { page, session: argument };
  if (page === 'settings') {
    const section = SETTINGS_PARTS.find((part) => part === argument);
    return section === undefined ? { page } : { page, section };
  }
  const list = page === 'fleet' ? parseFleetList(query) : null;
  return list ? { page: 'fleet', list } : { page: 'fleet' };
}

function decode(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
