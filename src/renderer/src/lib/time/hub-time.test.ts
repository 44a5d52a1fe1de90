import { afterEach, describe, expect, it } from 'vitest';
import { createHubTime, hubNow, observeHub } from './hub-time';

describe("the hub's clock as a page sees it", () => {
  // All tests in this process share one clock of the hub.
  afterEach(() => observeHub(Date.now()));

  it('is the hub’s as soon as the hub has told, however wrong this machine is', () => {
    observeHub(Date.now() + 7_200_000);
    expect(Math.abs(hubNow() - Date.now() - 7_200_000)).toBeLessThan(1_000);
    observeHub(Date.now() - 86_400_000);
    expect(Math.abs(hubNow() - Date.now() + 86_400_000)).toBeLessThan(1_000);
  });

  it('follows a hub whose clock is set, and is not moved by one slow message', () => {
    let monotonic = 0;
    const time = createHubTime(() => monotonic);
    time.observe(1_000_000);
    monotonic = 1_000;
    time.observe(1_000_500);
    expect(time.now()).toBeGreaterThan(1_000_990);
    time.observe(9_000_000);
    expect(time.now()).toBe(9_000_000);
  });

  it('stands still while the hub cannot be heard, and goes on when it is', () => {
    let monotonic = 0;
    const time = createHubTime(() => monotonic);
    time.observe(1_000_000);
    time.hold(1_000_000);
    monotonic = 60_000;
    expect(time.now()).toBe(1_000_000);
    time.observe(1_060_000);
    expect(time.now()).toBe(1_060_000);
  });
});
