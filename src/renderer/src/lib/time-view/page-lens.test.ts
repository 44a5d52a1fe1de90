import { afterEach, expect, it, vi } from 'vitest';
import { createPageLens, followLens } from './page-lens';
import type { TimeSpan, TimeView } from '../time/time-view';

const NOW = Date.UTC(2026, 2, 12, 12);

function page(view: TimeView) {
  const time = {
    view,
    show: (span: TimeSpan) => void (time.view = { range: 'custom', ...span }),
    go: (next: TimeView) => void (time.view = next),
  };
  const lens = createPageLens(() => NOW, time);
  const zoom = (minutes: number) => {
    lens.move({ from: NOW - minutes * 60_000, to: NOW - 30_000 });
    lens.settle();
  };
  return { time, lens, zoom };
}

afterEach(() => {
  vi.useRealTimers();
});

it('leads back to where the first of several gestures began', () => {
  const { time, lens, zoom } = page({ range: '1h', to: null });
  zoom(30);
  zoom(10);
  lens.reset();
  expect(time.view).toEqual({ range: '1h', to: null });
});

it('leads back to the range that was chosen between two gestures', () => {
  const { time, lens, zoom } = page({ range: '5m', to: null });
  zoom(3);
  time.view = { range: '24h', to: null };
  zoom(600);
  lens.reset();
  expect(time.view).toEqual({ range: '24h', to: null });
});

it('stays at a range that was chosen since the last gesture', () => {
  const { time, lens, zoom } = page({ range: '1h', to: null });
  zoom(30);
  time.view = { range: '24h', to: null };
  lens.reset();
  expect(time.view).toEqual({ range: '24h', to: null });
});

it('stays where it is when there was no gesture', () => {
  const { time, lens } = page({ range: '5m', to: null });
  lens.reset();
  expect(time.view).toEqual({ range: '5m', to: null });
});

it('does not lead back to a page that was left before a wheel came to rest', () => {
  vi.useFakeTimers();
  const { time, lens } = page({ range: '1h', to: null });
  const preview = vi.fn();
  const leave = followLens(lens, preview);
  lens.move({ from: NOW - 600_000, to: NOW });
  lens.settleSoon();
  expect(preview).toHaveBeenCalledExactlyOnceWith(lens.span);
  leave();
  vi.advanceTimersByTime(1_000);
  expect(time.view).toEqual({ range: '1h', to: null });
  expect(preview).toHaveBeenCalledOnce();
});
