import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_VIEW, type ExploreView } from '@shared/explore/explore-view';
import { groupRefs, refKey } from '@shared/explore/selection';
import type { CommandParams, FeedFrame, FeedSpec, HubApi } from '@shared/hub-api';
import type { DeviceInfo, SeriesInfo } from '@shared/model';
import { HubState } from '../hub/hub-state.svelte';
import { LateSamples } from '../hub/late-samples';
import { LineIds, linesOf } from './lines';
import { ViewSource } from './view-source';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 12, 12);
const METRIC = 'temperature';

/**
 * Creates a hub with two devices. It answers each query about the past with a value that encodes the device and the
 * age.
 */
function createTwoDeviceHub() {
  const infos = ['a', 'b'].map((device, i): SeriesInfo => ({
    id: i + 1,
    device,
    metric: METRIC,
    labels: {},
    unit: 'Cel',
    unitSource: 'known',
    kind: 'gauge',
    title: null,
    min: null,
    max: null,
  }));
  /** The increase of all values since the start. */
  const late = { value: 0 };
  const asked: CommandParams<'query'>[] = [];
  const feeds: { spec: FeedSpec; listener: (frame: FeedFrame) => void }[] = [];
  const api: HubApi = {
    call: (name, params) => {
      if (name !== 'query') return Promise.reject(new Error('not in this test'));
      const query = params as CommandParams<'query'>;
      asked.push(query);
      const { from, to, points = 1, series = [] } = query;
      const t = Array.from({ length: points }, (_, i) => from + (i * (to - from)) / points);
      return Promise.resolve({
        series: infos
          .filter(({ id }) => series.includes(id))
          .map(({ device, metric, labels, unit, kind, id }) => {
            const column = t.map((time) => id * 10 + late.value + (time < START - 20 * HOUR ? 100 : 0));
            return { device, metric, labels, unit, kind, t, min: column, max: column, avg: column };
          }),
      } as never);
    },
    subscribe: () => () => {},
    openFeed(spec, listener) {
      const feed = { spec, listener };
      feeds.push(feed);
      return { update: (patch) => Object.assign(feed.spec, patch), close: () => {} };
    },
    onLink(listener) {
      listener({ state: 'open', bootId: 'first', hubTime: 0 });
      return () => {};
    },
  };
  return { api, infos, late, asked, feeds };
}

describe('the samples of a page of several devices', () => {
  let two: ReturnType<typeof createTwoDeviceHub>;
  let hub: HubState;
  let source: ViewSource;
  const ids = new LineIds();

  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    vi.stubGlobal('document', { hidden: false, addEventListener() {}, removeEventListener() {} });
    two = createTwoDeviceHub();
    hub = new HubState(two.api);
    source = new ViewSource(hub);
  });
  afterEach(() => {
    source.dispose();
    hub.dispose();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  function draw(patch: Partial<ExploreView> = {}) {
    const refs = two.infos.map(({ device, metric, labels }) => ({ device, metric, labels }));
    const view = { ...EMPTY_VIEW, groups: groupRefs(refs), ...patch };
    const lines = linesOf(view, new Map(two.infos.map((info) => [refKey(info), info])), ids);
    source.draw(lines);
    source.want(lines, 360);
    return lines;
  }

  /** Returns the last value of a line, and its time. */
  function end(id: number): [value: number | undefined, hoursAgo: number] {
    const columns = source.buffer(id);
    const last = (columns?.end ?? 0) - 1;
    return [columns?.v[last], Math.round((START - (columns?.t[last] ?? NaN)) / HOUR) + 0];
  }

  /** Returns how many hours ago a line begins. */
  function begin(id: number): number {
    const columns = source.buffer(id);
    return Math.round((START - (columns?.t[columns.start] ?? NaN)) / HOUR);
  }

  it('come by one feed, and of the past by one question for all of them', async () => {
    const [a, b] = draw();
    source.show({ rangeMs: 6 * HOUR, to: null, isHistory: true });
    await vi.advanceTimersByTimeAsync(10);
    expect(two.asked.map(({ series }) => series)).toEqual([[1, 2]]);
    expect(two.feeds.at(-1)?.spec.series).toEqual([1, 2]);
    expect(end(a?.id ?? 0)).toEqual([10, 0]);
    expect(end(b?.id ?? 0)).toEqual([20, 0]);
  });

  it('are put together where that is asked for', async () => {
    const [line] = draw({ aggregate: 'sum' });
    source.show({ rangeMs: 6 * HOUR, to: null, isHistory: true });
    await vi.advanceTimersByTimeAsync(10);
    expect(end(line?.id ?? 0)[0]).toBe(30);
  });

  it('of an earlier period lie under the present one', async () => {
    const [line] = draw({ aggregate: 'avg', compare: 'day' });
    source.show({ rangeMs: 6 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(10);
    const spans = two.asked.map(({ from, to }) => [
      Math.round((START - from) / HOUR),
      Math.round((START - to) / HOUR),
    ]);
    expect(spans.sort(([x = 0], [y = 0]) => x - y)).toEqual([
      [6, 0],
      [30, 24],
    ]);
    expect(end(line?.id ?? 0)).toEqual([15, 0]);
    expect(end(line?.earlierId ?? 0)).toEqual([115, 0]);
  });

  it('move with the length of what is shown when that is what they are compared with', async () => {
    const [line] = draw({ compare: 'before' });
    source.show({ rangeMs: 24 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(10);
    expect(end(line?.earlierId ?? 0)).toEqual([110, 0]);
    two.asked.length = 0;
    source.show({ rangeMs: 2 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(10);
    expect(two.asked.map(({ to }) => Math.round((START - to) / HOUR) + 0).sort()).toEqual([0, 2]);
    expect(end(line?.earlierId ?? 0)).toEqual([10, 0]);
  });

  it('are put together anew when an answer comes right after a picture, and no other frame does', async () => {
    const [line] = draw({ aggregate: 'sum' });
    let shown: number | undefined;
    source.onFrame(() => ([shown] = end(line?.id ?? 0)));
    source.show({ rangeMs: 6 * HOUR, to: START, isHistory: true });
    expect(shown).toBeUndefined();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(shown).toBe(30);
  });

  it('are put together for the time that a gesture shows', async () => {
    const [line] = draw({ aggregate: 'sum' });
    source.show({ rangeMs: 6 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(1_000);
    source.preview({ from: START - 12 * HOUR, to: START - 6 * HOUR });
    await vi.advanceTimersByTimeAsync(1_000);
    expect([begin(line?.id ?? 0), end(line?.id ?? 0)]).toEqual([12, [30, 6]]);
    source.preview(null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([begin(line?.id ?? 0), end(line?.id ?? 0)]).toEqual([6, [30, 0]]);
  });

  it('of the period before lie under what a gesture shows, as long as that is', async () => {
    const [line] = draw({ compare: 'before' });
    source.show({ rangeMs: 6 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(1_000);
    source.preview({ from: START - 2 * HOUR, to: START - HOUR });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(end(line?.earlierId ?? 0)).toEqual([10, 1]);
  });

  it('come into what is shown where a device delivers them late', async () => {
    const [line] = draw({ compare: 'day' });
    source.show({ rangeMs: 6 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(60_000);
    const shown = () => [end(line?.id ?? 0)[0], end(line?.earlierId ?? 0)[0]];
    const device: Pick<DeviceInfo, 'backlog'> = { backlog: { remaining: 1, total: 1 } };
    const late = new LateSamples({ byId: (id) => (id === 'a' ? device : null) }, source);
    late.follow(['a', 'b']);
    two.late.value = 1;
    device.backlog = null;
    late.follow(['a', 'b']);
    expect(shown()).toEqual([10, 110]);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(shown()).toEqual([11, 111]);
    late.dispose();
  });

  it('are nothing any more once they are not drawn', async () => {
    const [line] = draw({ compare: 'day' });
    source.show({ rangeMs: 6 * HOUR, to: START, isHistory: true });
    await vi.advanceTimersByTimeAsync(10);
    source.draw([]);
    await vi.advanceTimersByTimeAsync(10);
    expect(source.buffer(line?.id ?? 0)).toBeNull();
    expect(source.buffer(line?.earlierId ?? 0)).toBeNull();
    expect(two.feeds.at(-1)?.spec.series).toEqual([]);
  });
});
