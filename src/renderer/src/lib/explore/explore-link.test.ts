import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AGGREGATES,
  COMPARISONS,
  EMPTY_VIEW,
  LAYOUTS,
  MAX_SELECTED_SERIES,
  STYLES,
} from '@shared/explore/explore-view';
import { countOf, groupRefs, type SeriesRef } from '@shared/explore/selection';
import { EMPTY_STATE, formatState, parseState, type ExploreState } from './explore-link';
import { SORT_COLUMNS } from './statistics';

const text = fc.string({ minLength: 1, maxLength: 24, unit: 'grapheme' });
const nameText = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'prototype'));
const ref: fc.Arbitrary<SeriesRef> = fc.record({
  device: text,
  metric: text,
  labels: fc.dictionary(nameText, fc.string({ maxLength: 24, unit: 'grapheme' }), {
    maxKeys: 4,
    noNullPrototype: true,
  }),
});
const moment = fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000);
const state: fc.Arbitrary<ExploreState> = fc.record({
  view: fc.record({
    groups: fc.array(ref, { maxLength: 30 }).map(groupRefs),
    layout: fc.constantFrom(...LAYOUTS),
    style: fc.constantFrom(...STYLES),
    aggregate: fc.constantFrom(null, ...AGGREGATES),
    compare: fc.constantFrom(null, ...COMPARISONS),
  }),
  hidden: fc.array(fc.integer({ min: 0, max: MAX_SELECTED_SERIES }), { maxLength: 10 }),
  sort: fc.record({ column: fc.constantFrom(...SORT_COLUMNS), descending: fc.boolean() }),
  time: fc.oneof(
    fc.constant(null),
    fc.record({ range: fc.constantFrom('5m' as const, '24h' as const), to: fc.option(moment) }),
    moment.map((from) => ({ range: 'custom' as const, from, to: from + 60_000 })),
  ),
});

describe('an address of Explore', () => {
  it('brings everything back', () => {
    fc.assert(
      fc.property(state, (value) => {
        expect(parseState(formatState(value))).toEqual(value);
      }),
    );
  });

  it('can be read by people, and holds only what a fragment may', () => {
    const view = {
      ...EMPTY_VIEW,
      groups: groupRefs(
        ['nas', 'pi4'].map((device) => ({
          device,
          metric: 'system.network.io',
          labels: { 'network.interface.name': 'eth0', 'network.io.direction': 'receive' },
        })),
      ),
      aggregate: 'sum' as const,
    };
    expect(formatState({ ...EMPTY_STATE, view, time: { range: '1h', to: null } })).toBe(
      'v=1&s=nas,pi4:system.network.io;network.interface.name=eth0;network.io.direction=receive&agg=sum&range=1h',
    );
    fc.assert(
      fc.property(state, (value) => {
        expect(formatState(value)).toMatch(/^[A-Za-z0-9\-._~%=&,:;]*$/);
      }),
    );
  });

  it('never throws and never leads out of bounds, whatever somebody has put into it', () => {
    const part = fc.oneof(
      fc.string(),
      fc.constantFrom('v=1', 's=', 's=a:', 's=:b', 's=%', 's=a:b;=c', 's=a:b;__proto__=c', 'off=1e9,-1,x'),
      fc.constantFrom('by=evil', 'agg=__proto__', 'cmp=', 'sort=x,desc', 'range=all', 'from=9e99&to=1'),
      fc.tuple(text, text).map(([a, b]) => `s=${a}:${b}`),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const parsed = parseState(['v=1', ...parts].join('&'));
        expect(countOf(parsed.view.groups)).toBeLessThanOrEqual(MAX_SELECTED_SERIES);
        expect(parseState(formatState(parsed))).toEqual(parsed);
      }),
    );
    expect(({} as Record<string, unknown>)['c']).toBeUndefined();
  });

  it('is cut to as many series as a view may show', () => {
    const devices = Array.from({ length: 2_000 }, (_, i) => `device-${i}`);
    expect(countOf(parseState(`v=1&s=${devices.join(',')}:cpu`).view.groups)).toBe(MAX_SELECTED_SERIES);
    expect(parseState(`v=1&s=${'x'.repeat(200_000)}:cpu`)).toEqual(EMPTY_STATE);
  });

  it('of another version is an empty page, at the time that it says', () => {
    expect(parseState('v=2&s=nas:cpu&range=1h')).toEqual({ ...EMPTY_STATE, time: { range: '1h', to: null } });
    expect(parseState('')).toEqual(EMPTY_STATE);
  });
});
