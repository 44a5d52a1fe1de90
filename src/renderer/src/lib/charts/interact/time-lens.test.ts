import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clampSpan, createTimeLens } from './time-lens';

const NOW = Date.UTC(2026, 2, 12);
const HOUR = 3_600_000;

describe('clampSpan', () => {
  it('leaves alone what is sensible', () => {
    expect(clampSpan({ from: NOW - HOUR, to: NOW }, NOW)).toEqual({ from: NOW - HOUR, to: NOW });
  });

  it('keeps the length of what would lie in the future', () => {
    expect(clampSpan({ from: NOW, to: NOW + HOUR }, NOW)).toEqual({ from: NOW - HOUR, to: NOW });
  });

  it('goes no closer than ten seconds, around the middle', () => {
    const { from, to } = clampSpan({ from: NOW - HOUR - 10, to: NOW - HOUR + 10 }, NOW);
    expect(to - from).toBe(10_000);
    expect((from + to) / 2).toBe(NOW - HOUR);
  });
});

describe('a lens', () => {
  const settled = vi.fn();
  const wentBack = vi.fn();
  const make = () => createTimeLens({ now: () => NOW, onsettle: settled, onreset: wentBack });
  const span = { from: NOW - HOUR, to: NOW - HOUR / 2 };

  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    settled.mockClear();
    wentBack.mockClear();
  });

  it('tells the page only when a gesture is over, and stays until the page has taken over', () => {
    const lens = make();
    lens.move(span);
    lens.settleSoon();
    lens.move({ ...span, to: NOW });
    lens.settleSoon();
    expect(settled).not.toHaveBeenCalled();
    vi.advanceTimersByTime(250);
    expect(settled).toHaveBeenCalledExactlyOnceWith({ from: span.from, to: NOW });
    expect(lens.span).not.toBeNull();
    lens.handOver();
    expect(lens.span).toBeNull();
  });

  it('goes on where a wheel was turned again before the page had taken over', () => {
    const lens = make();
    lens.move(span);
    lens.settle();
    const further = { from: span.from, to: span.from + 60_000 };
    lens.move(further);
    lens.settleSoon();
    lens.handOver();
    expect(lens.span).toEqual(further);
    vi.advanceTimersByTime(250);
    expect(settled).toHaveBeenLastCalledWith(further);
  });

  it('lets go by itself where the page has nothing to change', () => {
    const lens = make();
    lens.move(span);
    lens.settle();
    vi.advanceTimersByTime(1_000);
    expect(lens.span).toBeNull();
    expect(settled).toHaveBeenCalledOnce();
  });

  it('forgets what was cancelled', () => {
    const lens = make();
    lens.move(span);
    lens.settleSoon();
    lens.cancel();
    vi.advanceTimersByTime(1_000);
    expect(settled).not.toHaveBeenCalled();
    lens.reset();
    expect(wentBack).toHaveBeenCalledOnce();
  });
});
