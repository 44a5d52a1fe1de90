import { describe, expect, it } from 'vitest';
import type { SessionInfo } from '@shared/model';
import { nextSort, orderOf, sortSessions, type SessionSort } from './sort-sessions';

const session = (name: string, patch: Partial<SessionInfo> = {}) =>
  ({
    name,
    state: 'online',
    address: '::1',
    rttMs: null,
    clockOffsetMs: null,
    openedAt: 0,
    closedAt: null,
    ...patch,
  }) as SessionInfo;

const names = (list: SessionInfo[], sort: SessionSort) => sortSessions(list, sort).map(({ name }) => name);

describe('the table of connections', () => {
  it('sorts names as people count', () => {
    const list = [session('pi-10'), session('Pi-2'), session('attic')];
    expect(names(list, { column: 'name', reverse: false })).toEqual(['attic', 'Pi-2', 'pi-10']);
    expect(names(list, { column: 'name', reverse: true })).toEqual(['pi-10', 'Pi-2', 'attic']);
  });

  it('puts the largest number first and what is unknown last, in both directions', () => {
    const list = [session('a', { rttMs: 1 }), session('b'), session('c', { rttMs: 9 })];
    expect(names(list, { column: 'rtt', reverse: false })).toEqual(['c', 'a', 'b']);
    expect(names(list, { column: 'rtt', reverse: true })).toEqual(['a', 'c', 'b']);
  });

  it('takes a clock that is far behind for as remarkable as one far ahead', () => {
    const list = [session('a', { clockOffsetMs: 5 }), session('b', { clockOffsetMs: -90 })];
    expect(names(list, { column: 'clock', reverse: false })).toEqual(['b', 'a']);
  });

  it('says of the column that it is sorted by which order that is', () => {
    expect(orderOf({ column: 'name', reverse: false }, 'name')).toBe('ascending');
    expect(orderOf({ column: 'name', reverse: true }, 'name')).toBe('descending');
    expect(orderOf({ column: 'since', reverse: false }, 'since')).toBe('descending');
    expect(orderOf({ column: 'rtt', reverse: true }, 'rtt')).toBe('ascending');
    expect(orderOf({ column: 'rtt', reverse: true }, 'name')).toBe('none');
  });

  it('keeps the order of equal ones', () => {
    const list = [session('b'), session('a'), session('c')];
    expect(names(list, { column: 'state', reverse: true })).toEqual(['b', 'a', 'c']);
  });

  it('turns around with the second click on a heading', () => {
    const first = nextSort({ column: 'since', reverse: false }, 'name');
    expect(first).toEqual({ column: 'name', reverse: false });
    expect(nextSort(first, 'name')).toEqual({ column: 'name', reverse: true });
  });
});
