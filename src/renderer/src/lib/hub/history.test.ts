import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CommandParams, HubApi, LinkState } from '@shared/hub-api';
import type { QueryResult } from '@shared/model';
import { createHistory, type History } from './history.svelte';
import { HubState } from './hub-state.svelte';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 2, 12, 12);
const WANTED = [{ id: 7, metric: 'temperature', labels: {} }];

interface Question {
  params: CommandParams<'query'>;
  signal: AbortSignal | undefined;
  /** Answers with one value in every column. */
  answer: (value: number) => Promise<void>;
  /** Answers as for a device that sends a sample every `everyMs`. */
  answerEvery: (everyMs: number) => Promise<void>;
  refuse: () => Promise<void>;
}

/** Creates a hub that holds every question until the test answers it. */
function createQueryHub() {
  const asked: Question[] = [];
  const links = new Set<(state: LinkState) => void>();
  const settle = () => vi.advanceTimersByTimeAsync(0).then(() => undefined);
  const api: HubApi = {
    call: (name, params, options) => {
      if (name !== 'query') return Promise.reject(new Error('not in this test'));
      return new Promise((resolve, reject) => {
        const query = params as CommandParams<'query'>;
        asked.push({
          params: query,
          signal: options?.signal,
          answer(value) {
            resolve(answerOf(query, value) as never);
            return settle();
          },
          answerEvery(everyMs) {
            resolve(sparseAnswerOf(query, everyMs) as never);
            return settle();
          },
          refuse() {
            reject(new Error('The disk is on fire.'));
            return settle();
          },
        });
      });
    },
    subscribe: () => () => {},
    openFeed: () => ({ update: () => {}, close: () => {} }),
    onLink(listener) {
      links.add(listener);
      listener({ state: 'open', bootId: 'first', hubTime: 0 });
      return () => links.delete(listener);
    },
  };
  return { api, asked, last: () => asked.at(-1) ?? expect.fail('nothing was asked') };
}

function answerOf({ from, to, points = 1 }: CommandParams<'query'>, value: number): QueryResult {
  const t = Array.from({ length: points }, (_, i) => from + (i * (to - from)) / points);
  const column = t.map(() => value);
  const names = { device: 'kiln', metric: 'temperature', labels: {}, unit: 'Cel', kind: 'gauge' } as const;
  return { series: [{ ...names, t, min: column, max: column, avg: column }] };
}

function sparseAnswerOf(query: CommandParams<'query'>, everyMs: number): QueryResult {
  const { series } = answerOf(query, 5);
  const widthMs = (query.to - query.from) / (query.points ?? 1);
  const only = ({ t }: { t: (number | null)[] }, column: (number | null)[] = []) =>
    column.map((value, i) => {
      const begin = t[i] ?? 0;
      return Math.ceil(begin / everyMs) * everyMs < begin + widthMs ? value : null;
    });
  return {
    series: series.map((one) => ({
      ...one,
      min: only(one, one.min),
      max: only(one, one.max),
      avg: only(one, one.avg),
    })),
  };
}

describe('createHistory', () => {
  let queries: ReturnType<typeof createQueryHub>;
  let hub: HubState;
  let history: History;

  beforeEach(() => {
    vi.useFakeTimers({ now: START });
    vi.stubGlobal('document', { hidden: false, addEventListener() {}, removeEventListener() {} });
    queries = createQueryHub();
    hub = new HubState(queries.api);
    history = createHistory(hub, 'kiln', () => Date.now());
  });

  afterEach(() => {
    history.dispose();
    hub.dispose();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Shows the last six hours in 360 pixels: columns of one minute. */
  async function showSixHours(): Promise<void> {
    history.show({ rangeMs: 6 * HOUR, to: null });
    history.want(WANTED, 360);
    await vi.advanceTimersByTimeAsync(0);
  }

  it('asks for as many columns as there are pixels, and one before them', async () => {
    await showSixHours();
    expect(queries.asked).toHaveLength(1);
    expect(queries.last().params).toMatchObject({
      series: [7],
      from: START - 6 * HOUR - 60_000,
      to: START,
      points: 361,
    });
    expect(history.loading).toBe(true);
    await queries.last().answer(5);
    expect(history.loading).toBe(false);
    expect(history.buffer(7)?.end).toBe(361);
  });

  it('goes on with the clock by asking for the newest columns only', async () => {
    await showSixHours();
    await queries.last().answer(5);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(queries.asked).toHaveLength(2);
    expect(queries.last().params.points).toBeLessThan(10);
    expect(history.loading).toBe(false);
    await queries.last().answer(6);
    expect(history.buffer(7)?.v.at(0)).toBe(5);
    expect(history.buffer(7)?.v.at(-1)).toBe(6);
  });

  it.each([
    [4_000, 900],
    [12_000, 300],
    [20_000, 180],
  ])('asks for the newest columns only, however often within one of %d ms', async (bucketMs, width) => {
    vi.setSystemTime(START + bucketMs * 0.8);
    history.show({ rangeMs: HOUR, to: null });
    history.want(WANTED, width);
    await vi.advanceTimersByTimeAsync(0);
    await queries.last().answer(5);
    const { generation } = history;
    for (let turn = 0; turn < 40; turn++) {
      hub.paused = true;
      hub.paused = false;
      await vi.advanceTimersByTimeAsync(0);
      expect(queries.last().params.points).toBeLessThan(10);
      expect(history.loading).toBe(false);
      await queries.last().answer(5);
      await vi.advanceTimersByTimeAsync(bucketMs / 10);
    }
    expect(history.generation).toBe(generation);
  });

  it('asks for the newest columns only while a range grows with the clock', async () => {
    const grow = () =>
      history.show({ rangeMs: 2 * HOUR + Math.floor((Date.now() - START) / 30_000) * 30_000, to: null });
    grow();
    history.want(WANTED, 900);
    await vi.advanceTimersByTimeAsync(0);
    await queries.last().answer(5);
    const { generation } = history;
    for (let second = 1; second < 600; second++) {
      await vi.advanceTimersByTimeAsync(1_000);
      grow();
      for (const question of queries.asked.splice(0)) await question.answer(5);
    }
    expect(history.generation).toBe(generation);
  });

  it('takes back the question about a range that is not shown any more', async () => {
    await showSixHours();
    const [first] = queries.asked;
    history.show({ rangeMs: 24 * HOUR, to: null });
    await vi.advanceTimersByTimeAsync(0);
    expect(first?.signal?.aborted).toBe(true);
    expect(queries.asked).toHaveLength(2);
    expect(queries.last().signal?.aborted).toBe(false);
    history.show(null);
    expect(queries.last().signal?.aborted).toBe(true);
  });

  it('asks no more while paused, hidden or of a time that is over', async () => {
    await showSixHours();
    await queries.last().answer(5);
    hub.paused = true;
    await vi.advanceTimersByTimeAsync(600_000);
    expect(queries.asked).toHaveLength(1);
    hub.paused = false;
    await vi.advanceTimersByTimeAsync(0);
    expect(queries.asked).toHaveLength(2);
    await queries.last().answer(5);
    history.show({ rangeMs: 6 * HOUR, to: START - HOUR });
    await vi.advanceTimersByTimeAsync(0);
    await queries.last().answer(5);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(queries.asked).toHaveLength(3);
  });

  it('keeps what is there until the answer comes, and ignores answers to earlier questions', async () => {
    await showSixHours();
    await queries.last().answer(5);
    history.show({ rangeMs: 24 * HOUR, to: null });
    await vi.advanceTimersByTimeAsync(0);
    const late = queries.last();
    expect(history.buffer(7)?.v.at(0)).toBe(5);
    history.show({ rangeMs: HOUR, to: null });
    await vi.advanceTimersByTimeAsync(0);
    await queries.last().answer(7);
    await late.answer(9);
    expect(history.buffer(7)?.v.at(0)).toBe(7);
    expect(history.buffer(7)?.v.includes(9)).toBe(false);
  });

  it('waits until a window has its size', async () => {
    await showSixHours();
    await queries.last().answer(5);
    let stop = () => {};
    for (const width of [500, 700, 900, 1_100]) {
      stop();
      stop = history.want([{ id: 8, metric: 'humidity', labels: {} }], width);
    }
    await vi.advanceTimersByTimeAsync(1_000);
    const about = queries.asked.filter(({ params }) => params.series?.includes(8));
    expect(about).toHaveLength(1);
    expect(about[0]?.params.points).toBe(1_083);
  });

  it('reads everything anew when the past itself has changed', async () => {
    await showSixHours();
    await queries.last().answer(5);
    history.refresh();
    await vi.advanceTimersByTimeAsync(0);
    expect(queries.last().params.points).toBe(361);
    expect(history.buffer(7)?.v.at(0)).toBe(5);
    await queries.last().answer(6);
    expect(history.buffer(7)?.v.at(0)).toBe(6);
  });

  const aboutQuarterPast = { rangeMs: 10_000, to: START - HOUR + 7.6 * 60_000 };

  it('keeps the sample before the left edge when a short window moves on, so that the line still enters it', async () => {
    const window = { rangeMs: 10_000, to: START - HOUR + 9_000 };
    history.show(window);
    history.want(WANTED, 400);
    await vi.advanceTimersByTimeAsync(0);
    await queries.last().answerEvery(10_000);
    history.show({ ...window, to: window.to + 700 });
    await vi.advanceTimersByTimeAsync(0);
    expect(queries.asked).toHaveLength(2);
    expect(queries.last().params.points).toBeLessThan(100);
    await queries.last().answerEvery(10_000);
    const columns = history.buffer(7);
    const first = columns?.t[columns.start] ?? Infinity;
    expect(first).toBeLessThan(window.to + 700 - window.rangeMs - 10_000);
  });

  it('looks around where samples are farther apart than what is shown is long, and finds the line between', async () => {
    history.show(aboutQuarterPast);
    history.want(WANTED, 400);
    await vi.advanceTimersByTimeAsync(0);
    for (let turn = 0; turn < 5 && queries.asked.length > turn; turn++)
      await queries.last().answerEvery(300_000);
    expect(queries.asked.length).toBeGreaterThan(1);
    const { to, rangeMs } = aboutQuarterPast;
    expect(history.buffer(7)?.reaches(to - rangeMs, to)).toBe(true);
    expect(history.loading).toBe(false);
  });

  it('asks no more than a few times where there is nothing', async () => {
    history.show(aboutQuarterPast);
    history.want(WANTED, 400);
    await vi.advanceTimersByTimeAsync(0);
    for (let turn = 0; turn < 9 && queries.asked.length > turn; turn++)
      await queries.last().answerEvery(Infinity);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(queries.asked).toHaveLength(3);
    expect(history.loading).toBe(false);
  });

  it('shows what a gesture led to without a break when the page takes it over', async () => {
    const chosen = { from: START - 9 * HOUR, to: START - HOUR };
    history.want(WANTED, 400);
    history.preview(chosen);
    await vi.advanceTimersByTimeAsync(1_000);
    await queries.last().answer(5);
    expect(history.buffer(7)).not.toBeNull();
    history.preview(null);
    expect(history.buffer(7)).not.toBeNull();
    history.show({ rangeMs: chosen.to - chosen.from, to: chosen.to });
    expect(history.buffer(7)).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(history.buffer(7)).not.toBeNull();
    expect(queries.asked).toHaveLength(1);
  });

  it('lets go of what a gesture showed when the page stays in the present', async () => {
    history.want(WANTED, 400);
    history.preview({ from: START - 9 * HOUR, to: START - HOUR });
    await vi.advanceTimersByTimeAsync(1_000);
    await queries.last().answer(5);
    history.preview(null);
    await vi.advanceTimersByTimeAsync(0);
    expect(history.buffer(7)).toBeNull();
  });

  it('says why there is no answer, and tries again', async () => {
    await showSixHours();
    await queries.last().refuse();
    expect(history.fault).not.toBeNull();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(queries.asked).toHaveLength(2);
    await queries.last().answer(5);
    expect(history.fault).toBeNull();
  });

  it('comes to rest when asking once more turns out to be needless', async () => {
    const now = vi.fn(() => Date.now());
    history.dispose();
    history = createHistory(hub, 'kiln', now);
    history.show({ rangeMs: 6 * HOUR, to: START - HOUR });
    history.want(WANTED, 360);
    await vi.advanceTimersByTimeAsync(0);
    // Another chart of the same series becomes visible while the request is pending.
    history.want(WANTED, 360);
    await vi.advanceTimersByTimeAsync(1_000);
    await queries.last().answer(5);
    expect(queries.asked).toHaveLength(1);
    expect(now.mock.calls.length).toBeLessThan(20);
  });

  it('looks around anew when the past itself has changed', async () => {
    history.show(aboutQuarterPast);
    history.want(WANTED, 400);
    await vi.advanceTimersByTimeAsync(0);
    const answerAll = async () => {
      for (let turn = 0; turn < 5; turn++) await queries.last().answerEvery(300_000);
    };
    await answerAll();
    const before = queries.asked.length;
    history.refresh();
    await vi.advanceTimersByTimeAsync(0);
    await answerAll();
    expect(queries.asked.length - before).toBe(before);
    const { to, rangeMs } = aboutQuarterPast;
    expect(history.buffer(7)?.reaches(to - rangeMs, to)).toBe(true);
  });

  it('forgets series that nobody wants once it knows very many', async () => {
    history.show({ rangeMs: 6 * HOUR, to: null });
    const wantOne = async (id: number) => {
      const stop = history.want([{ id, metric: 'temperature', labels: {} }], 360);
      await vi.advanceTimersByTimeAsync(250);
      for (const question of queries.asked.splice(0)) await question.answer(5);
      return stop;
    };
    await wantOne(1);
    for (let id = 2; id <= 1_000; id++) (await wantOne(id))();
    const known = Array.from({ length: 1_000 }, (_, i) => i + 1).filter((id) => history.buffer(id) !== null);
    expect(known.length).toBeLessThanOrEqual(300);
    expect(known).toContain(1);
    expect(known).toContain(1_000);
  });

  it('asks nothing once it has ended', async () => {
    await showSixHours();
    await queries.last().answer(5);
    history.dispose();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(queries.asked).toHaveLength(1);
  });
});
