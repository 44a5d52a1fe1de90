import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_STATE } from '../explore/explore-link';
import { USUAL_LIST } from './fleet-link';
import { formatRoute, parseRoute, SETTINGS_PARTS, type Route } from './routes';

describe('routes', () => {
  it('survive the way through the address bar', () => {
    const route = fc.oneof(
      fc.constant<Route>({ page: 'fleet' }),
      fc.constant<Route>({ page: 'fleet', list: { ...USUAL_LIST, filter: 'tag:lab ? & #', group: 'tag' } }),
      fc.constant<Route>({ page: 'settings' }),
      fc.constant<Route>({ page: 'explore' }),
      fc.constant<Route>({ page: 'boards' }),
      fc.constant<Route>({
        page: 'explore',
        state: { ...EMPTY_STATE, time: { range: '1h', to: null }, sort: { column: 'avg', descending: true } },
      }),
      fc.string({ minLength: 1 }).map<Route>((id) => ({ page: 'board', id })),
      fc
        .string({ minLength: 1 })
        .map<Route>((id) => ({ page: 'board', id, wall: true, view: { range: '6h', to: null } })),
      fc.constant<Route>({ page: 'connections', session: null }),
      fc.constantFrom(...SETTINGS_PARTS).map<Route>((section) => ({ page: 'settings', section })),
      fc.string({ minLength: 1 }).map<Route>((id) => ({ page: 'device', id })),
      fc
        .string({ minLength: 1 })
        .map<Route>((id) => ({ page: 'device', id, view: { range: '24h', to: 1_773_303_242_000 } })),
      fc.string({ minLength: 1 }).map<Route>((session) => ({ page: 'connections', session })),
    );
    fc.assert(
      fc.property(route, (value) => {
        expect(parseRoute(formatRoute(value))).toEqual(value);
      }),
    );
  });

  it('lead to the fleet when they make no sense', () => {
    for (const fragment of ['', '#', '#/', '#/nowhere', '#/device', '#/device/%E0%A4%A']) {
      expect(parseRoute(fragment)).toEqual({ page: 'fleet' });
    }
  });
});
