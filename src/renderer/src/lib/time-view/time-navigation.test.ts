import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { observeHub } from '../time/hub-time';
import type { Past, RangeName } from '../time/ranges';
import { TimeNavigation } from './time-navigation.svelte';
import type { TimeView } from '../time/time-view';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 2, 12, 12);

function navigate(asked: TimeView | null, usual: RangeName = '15m', past?: Past) {
  const went: [view: TimeView, goesOn: boolean][] = [];
  const navigation = new TimeNavigation({
    asked: () => asked,
    usual: () => usual,
    past: () => past ?? { kept: true, extent: { oldest: NOW - 100 * HOUR, newest: NOW } },
    go: (view, goesOn) => void went.push([view, goesOn]),
  });
  const press = (keys: string) => {
    const binding = navigation.keys('Page').find((one) => one.keys === keys);
    binding?.run?.();
  };
  return { navigation, went, press };
}

describe('the time of a page of several devices', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    observeHub(NOW);
  });
  afterEach(() => {
    vi.useRealTimers();
    observeHub(Date.now());
  });

  it('is the usual one, live and from memory, unless the address says another', () => {
    expect(navigate(null).navigation.shown).toEqual({ rangeMs: HOUR / 4, to: null, isHistory: false });
    expect(navigate({ range: '6h', to: null }).navigation.shown).toEqual({
      rangeMs: 6 * HOUR,
      to: null,
      isHistory: true,
    });
    const from = NOW - 9 * HOUR;
    expect(navigate({ range: 'custom', from, to: from + HOUR }).navigation.shown).toEqual({
      rangeMs: HOUR,
      to: from + HOUR,
      isHistory: true,
    });
  });

  it('is never longer than what a hub without history has', () => {
    const { navigation } = navigate(null, '24h', { kept: false, extent: null });
    expect(navigation.view).toEqual({ range: '15m', to: null });
  });

  it('goes back in steps that make one place to come back to', () => {
    const live = navigate({ range: '1h', to: null });
    live.press('Shift ArrowLeft');
    expect(live.went).toEqual([[{ range: '1h', to: NOW - HOUR / 2 }, false]]);
    const past = navigate({ range: '1h', to: NOW - HOUR });
    past.press('Shift ArrowLeft');
    expect(past.went).toEqual([[{ range: '1h', to: NOW - 1.5 * HOUR }, true]]);
  });

  it('goes through ranges, and back to live', () => {
    const { press, went } = navigate({ range: 'custom', from: NOW - 3 * HOUR, to: NOW - HOUR }, '1h');
    press(']');
    press('L');
    expect(went.map(([view]) => view)).toEqual([
      { range: '6h', to: null },
      { range: '1h', to: null },
    ]);
  });
});
