import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isInputUnderWay, shareOfFrame, spendOfFrame, watchInput } from './frame-budget';

let time = 1_000_000;
const nextFrame = (): number => (time += 16);
const listeners = new Map<string, () => void>();
let clock = 0;

beforeEach(() => {
  vi.stubGlobal('document', {
    timeline: {
      get currentTime() {
        return time;
      },
    },
  });
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) => listeners.set(type, listener));
  vi.stubGlobal('removeEventListener', (type: string) => listeners.delete(type));
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
  nextFrame();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  clock += 10_000;
});

describe('a frame', () => {
  it('is shared: who comes second gets what is left, and never nothing', () => {
    const whole = shareOfFrame(100);
    spendOfFrame(whole / 2);
    expect(shareOfFrame(100)).toBeCloseTo(whole / 2);
    spendOfFrame(whole);
    expect(shareOfFrame(100)).toBeGreaterThan(0);
    nextFrame();
    expect(shareOfFrame(100)).toBe(whole);
  });

  it('that answers an input is left to it, for all alike, and the one after it is not', () => {
    const stop = watchInput();
    listeners.get('wheel')?.();
    expect([shareOfFrame(2), shareOfFrame(2)]).toEqual([0, 0]);
    nextFrame();
    expect(shareOfFrame(2)).toBeGreaterThan(0);
    stop();
  });

  it('is granted at least every second time, however fast a wheel turns', () => {
    const stop = watchInput();
    const granted = Array.from({ length: 6 }, () => {
      listeners.get('wheel')?.();
      nextFrame();
      return shareOfFrame(2) > 0;
    });
    expect(granted).toEqual([false, true, false, true, false, true]);
    stop();
  });
});

it('an input is under way for a moment after each turn', () => {
  const stop = watchInput();
  expect(isInputUnderWay()).toBe(false);
  listeners.get('keydown')?.();
  expect(isInputUnderWay()).toBe(true);
  clock += 1_000;
  expect(isInputUnderWay()).toBe(false);
  stop();
});

it('nothing is listened to any more once the last who watches has gone', () => {
  const stops = [watchInput(), watchInput()];
  stops[0]?.();
  expect(listeners.size).toBeGreaterThan(0);
  stops[1]?.();
  expect(listeners.size).toBe(0);
});
