import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeviceInfo } from '@shared/model';
import { LateSamples } from './late-samples';

describe('samples that arrive late', () => {
  const backlogs = new Map<string, DeviceInfo['backlog']>();
  const devices = { byId: (id: string) => ({ backlog: backlogs.get(id) ?? null }) };
  const past = { loading: false, refresh: vi.fn() };
  const page = { hidden: false };
  let late: LateSamples;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('document', page);
    late = new LateSamples(devices, past);
  });
  afterEach(() => {
    late.dispose();
    backlogs.clear();
    past.loading = false;
    page.hidden = false;
    past.refresh.mockClear();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function tell(id: string, remaining: number): void {
    backlogs.set(id, remaining > 0 ? { remaining, total: 100 } : null);
    late.follow(['a', 'b']);
  }

  it('have the past read anew now and then, however often devices tell of them', () => {
    for (let quarter = 0; quarter < 120; quarter++) {
      tell('a', 100);
      tell('b', quarter % 3);
      vi.advanceTimersByTime(250);
    }
    expect(past.refresh).toHaveBeenCalledTimes(6);
  });

  it('have it read once more when the last of them has come, and then no more', () => {
    tell('a', 100);
    vi.advanceTimersByTime(6_000);
    expect(past.refresh).toHaveBeenCalledOnce();
    tell('a', 0);
    vi.advanceTimersByTime(60_000);
    expect(past.refresh).toHaveBeenCalledTimes(2);
  });

  it('of devices that come and go by turns do not have it read more often', () => {
    for (let second = 0; second < 30; second++) {
      tell('a', (second + 1) % 2);
      tell('b', (second >> 1) % 2);
      vi.advanceTimersByTime(1_000);
    }
    expect(past.refresh).toHaveBeenCalledTimes(6);
  });

  it('wait for the answer that is on its way', () => {
    past.loading = true;
    tell('a', 100);
    tell('a', 0);
    vi.advanceTimersByTime(30_000);
    expect(past.refresh).not.toHaveBeenCalled();
    past.loading = false;
    vi.advanceTimersByTime(30_000);
    expect(past.refresh).toHaveBeenCalledOnce();
  });

  it('wait until somebody looks at the page', () => {
    page.hidden = true;
    tell('a', 100);
    vi.advanceTimersByTime(30_000);
    expect(past.refresh).not.toHaveBeenCalled();
    page.hidden = false;
    tell('a', 0);
    vi.advanceTimersByTime(30_000);
    expect(past.refresh).toHaveBeenCalledOnce();
  });

  it('of devices that are not shown do not matter, nor of any once the page is left', () => {
    tell('c', 100);
    vi.advanceTimersByTime(30_000);
    tell('a', 100);
    late.dispose();
    vi.advanceTimersByTime(30_000);
    expect(past.refresh).not.toHaveBeenCalled();
  });
});
