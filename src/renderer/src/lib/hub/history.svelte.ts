import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import { toFault, type Fault } from '@shared/errors';
import type { Labels } from '@shared/model';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { bucketFor, coverWith, refreshEveryMs } from '../time/buckets';
import type { TimeSpan } from '../time/time-view';
import type { HistoryColumns } from './history-columns';
import { HistoryLevels } from './history-levels';
import type { HubState } from './hub-state.svelte';

/** Widths change many times while a window is resized, so requests wait this long, ms. */
const SETTLE_MS = 200;
/** The minimum interval between requests while a gesture moves the span, ms. */
const PREVIEW_MS = 180;
/** The newest columns are requested again, because late samples and the current column change them. */
const TAIL_COLUMNS = 3;
/** Requested beyond both edges, ms, so that lines continue to the edges of the picture. */
const EDGE_MS = 30_000;
/** Kept beyond that, ms, because a range that grows in steps reaches further back after each step. */
const GROWS_BY_MS = 30_000;
/**
 * If an answer has no samples on one of the two sides, they are searched for in windows this many times as
 * long, up to a maximum length, ms.
 */
const AROUND = [30, 900];
const AROUND_AT_MOST_MS = 3 * 3_600_000;
/** The most series in one request. */
const SERIES_PER_QUESTION = 100;
/** A page may stay open for months while series come and go; beyond this number, unwanted ones are dropped. */
const MOST_SERIES = 300;

export interface HistoryWindow {
  /** The length, ms. */
  rangeMs: number;
  /** The end, ms since the epoch; null follows the clock. */
  to: number | null;
}

/** Identifies a series in the hub's answers, independent of its id. */
export interface WantedSeries {
  id: number;
  /** Needed only if series of several devices are shown together. */
  device?: string;
  metric: string;
  labels: Labels;
}

/**
 * The history of the series on a page, in columns about a pixel wide. Only `loading` and `fault` are reactive.
 */
export interface History extends Disposable {
  /** Reactive: whether the whole picture is still loading. */
  readonly loading: boolean;
  /** Reactive: why the last request failed; null if it succeeded. */
  readonly fault: Fault | null;
  /** Sets the time to show; null for none. The current columns stay until the answers arrive. */
  show(window: HistoryWindow | null): void;
  /** Sets the span of a gesture in progress; null when it ends. */
  preview(span: TimeSpan | null): void;
  /** Requests series drawn `width` CSS pixels wide, until the returned function is called. */
  want(series: readonly WantedSeries[], width: number): Unsubscribe;
  /** Requests everything again because the history has changed. */
  refresh(): void;
  buffer(id: number): HistoryColumns | null;
  /** Increases with each picture that does not continue the previous one. */
  readonly generation: number;
  onFrame(listener: () => void): Unsubscribe;
}

interface Question {
  bucketMs: number;
  from: number;
  to: number;
  points: number;
  series: Map<number, WantedSeries>;
}

/**
 * Matches the hub's answers to the series that a page wants. Ids would not work, because they may belong to an earlier
 * run of the hub.
 */
const keyOf = (device: string, metric: string, labels: Labels): string =>
  `${device} ${formatSeriesKey(metric, labels)}`;

/**
 * Creates the history of one device, or of any if `device` is null; `now` is the hub's clock, which stands still while
 * paused.
 */
export function createHistory(hub: HubState, device: string | null, now: () => number): History {
  let shown: HistoryWindow | null = null;
  /** The time that the page set last, while `shown` follows a gesture. */
  let chosen: HistoryWindow | null = null;
  let previewed: TimeSpan | null = null;
  let loading = $state(false);
  let fault = $state.raw<Fault | null>(null);
  let generation = 0;
  /** The number of the current round of requests; answers to earlier rounds are ignored. */
  let valid = 0;
  /** Cancels the requests of the current round. */
  let stopAsking = new AbortController();
  /** The round whose answers are pending, and whether to ask again after them. */
  let asking: number | null = null;
  let again = false;
  let disposed = false;
  let settleTimer: ReturnType<typeof setTimeout> | undefined;
  let refreshTimer: ReturnType<typeof setTimeout> | undefined;
  let previewTimer: ReturnType<typeof setTimeout> | undefined;
  let endTimer: ReturnType<typeof setTimeout> | undefined;
  const wants = new Set<{ series: readonly WantedSeries[]; width: number }>();
  const levels = new Map<number, HistoryLevels>();
  const frames = new Emitter<void>();
  const owned = new DisposableStore();

  /** `isMeant` excludes series that need no request. */
  function questions(
    { rangeMs, to: end }: HistoryWindow,
    isMeant: (id: number) => boolean = () => true,
  ): { whole: boolean; list: Question[] } {
    const list = new Map<string, Question>();
    let whole = false;
    const to = end ?? now();
    for (const { series, width } of wants) {
      const bucketMs = bucketFor(rangeMs, width);
      const edge = Math.max(bucketMs, EDGE_MS);
      const cover = coverWith(bucketMs, to - rangeMs - edge, end === null ? to : Math.min(now(), to + edge));
      for (const one of series) {
        if (!isMeant(one.id)) continue;
        const have = levels.get(one.id)?.at(bucketMs);
        let { from } = cover;
        if (have && have.from <= from && have.to >= from) {
          if (end !== null && have.to >= cover.to) continue;
          from = Math.max(from, Math.min(have.to, cover.to) - TAIL_COLUMNS * bucketMs);
        } else whole = true;
        const points = Math.round((cover.to - from) / bucketMs);
        for (let part = 0; ; part++) {
          const key = `${bucketMs} ${from} ${part}`;
          const question = list.get(key) ?? { bucketMs, from, to: cover.to, points, series: new Map() };
          list.set(key, question);
          if (question.series.size >= SERIES_PER_QUESTION && !question.series.has(one.id)) continue;
          question.series.set(one.id, one);
          break;
        }
      }
    }
    return { whole, list: [...list.values()] };
  }

  async function ask(): Promise<void> {
    clearTimeout(settleTimer);
    clearTimeout(refreshTimer);
    if (!shown || disposed || hub.link.state !== 'open') {
      loading = false;
      return;
    }
    const turn = valid;
    if (asking === turn) {
      again = true;
      return;
    }
    const window = shown;
    const { whole, list } = questions(window);
    if (whole) loading = true;
    // Reset even if there is nothing to request, or the loop would never end.
    again = false;
    if (list.length > 0) {
      asking = turn;
      const answers = await Promise.all(list.map((question) => answer(question, window, turn)));
      if (turn !== valid || disposed) return;
      fault = answers.find((one) => one !== null) ?? null;
      letGo();
      if (whole) generation++;
      frames.emit();
      if (window.to !== null) {
        await lookAround(window.rangeMs, window.to, turn);
        if (turn !== valid || disposed) return;
      }
      asking = null;
    }
    loading = false;
    if (again) void ask();
    else schedule();
  }

  /** Looks for samples outside the window, because they may be further apart than its length. */
  async function lookAround(rangeMs: number, to: number, turn: number): Promise<void> {
    const from = to - rangeMs;
    // There are no samples beyond the present.
    const end = Math.min(to, now() - EDGE_MS);
    const isOpen = (id: number) => !levels.get(id)?.bestFresh(from, to)?.reaches(from, end);
    for (const times of AROUND) {
      const longer = Math.min(rangeMs * times, AROUND_AT_MOST_MS);
      if (longer < rangeMs * 2 || turn !== valid || disposed) return;
      const window = { rangeMs: longer, to: to + (longer - rangeMs) / 2 };
      const { list } = questions(window, isOpen);
      if (list.length === 0) continue;
      await Promise.all(list.map((question) => answer(question, window, turn)));
      if (turn === valid && !disposed) frames.emit();
    }
  }

  async function answer(question: Question, window: HistoryWindow, turn: number): Promise<Fault | null> {
    const { bucketMs, from, to, points } = question;
    try {
      const series = [...question.series.keys()];
      const params = { ...(device === null ? {} : { device }), series, from, to, points };
      const result = await hub.api.call('query', params, { signal: stopAsking.signal });
      if (turn !== valid || disposed) return null;
      const byKey = new Map(result.series.map((one) => [keyOf(one.device, one.metric, one.labels), one]));
      for (const [id, { device: owner = device ?? '', metric, labels }] of question.series) {
        const found = byKey.get(keyOf(owner, metric, labels));
        if (!found) continue;
        // Aligned to the grid, or another request within the newest column would find too little kept.
        const edge = Math.max(bucketMs, EDGE_MS);
        const end = window.to ?? to;
        const keepFrom = coverWith(bucketMs, end - window.rangeMs - edge - GROWS_BY_MS, end).from - bucketMs;
        let held = levels.get(id);
        if (!held) levels.set(id, (held = new HistoryLevels()));
        held.put(bucketMs, found, from, to, keepFrom);
      }
      return null;
    } catch (error) {
      return toFault(error);
    }
  }

  /** Releases unwanted series, the oldest first. */
  function letGo(): void {
    if (levels.size <= MOST_SERIES) return;
    const wanted = new Set([...wants].flatMap(({ series }) => series.map(({ id }) => id)));
    for (const id of levels.keys()) {
      if (levels.size <= MOST_SERIES) return;
      if (!wanted.has(id)) levels.delete(id);
    }
  }

  /** Schedules the next request for the newest columns. */
  function schedule(): void {
    clearTimeout(refreshTimer);
    const retry = fault !== null;
    if (!shown || disposed || (shown.to !== null && !retry)) return;
    let bucketMs = Infinity;
    for (const { width } of wants) bucketMs = Math.min(bucketMs, bucketFor(shown.rangeMs, width));
    if (bucketMs === Infinity) return;
    refreshTimer = setTimeout(
      () => {
        if (document.hidden || hub.paused) schedule();
        else void ask();
      },
      retry ? 5_000 : refreshEveryMs(bucketMs),
    );
  }

  function askSoon(delayMs: number): void {
    if (!shown || disposed) return;
    clearTimeout(settleTimer);
    settleTimer = setTimeout(() => void ask(), delayMs);
  }

  /** Cancels the current requests here and, if they take long, in the hub. */
  function forgetQuestions(): void {
    valid++;
    stopAsking.abort();
    stopAsking = new AbortController();
  }

  function askAnew(): void {
    forgetQuestions();
    asking = null;
    again = false;
    askSoon(0);
  }

  /** Starts over because the history has changed or the hub may be another one. */
  function startOver(): void {
    for (const [id, held] of levels) held.expire(buffer(id));
    askAnew();
  }

  function buffer(id: number): HistoryColumns | null {
    const held = levels.get(id);
    if (!held || !shown) return null;
    const to = previewed?.to ?? shown.to ?? now();
    return held.best(previewed?.from ?? to - shown.rangeMs, to);
  }

  function replace(window: HistoryWindow): void {
    shown = window;
    generation++;
    askAnew();
    frames.emit();
  }

  function showNothing(): void {
    shown = null;
    forgetQuestions();
    asking = null;
    again = false;
    loading = false;
    fault = null;
    levels.clear();
    clearTimeout(settleTimer);
    clearTimeout(refreshTimer);
  }

  /** Called when a gesture is over; by now the page has set the time it chose, or has kept the previous one. */
  function endPreview(): void {
    endTimer = undefined;
    if (previewed || disposed) return;
    if (!chosen) {
      if (shown) showNothing();
    } else if (chosen.rangeMs !== shown?.rangeMs || chosen.to !== shown.to) replace(chosen);
  }

  /** Called at most every `PREVIEW_MS`. */
  function askForPreview(): void {
    previewTimer = undefined;
    if (previewed) replace({ rangeMs: previewed.to - previewed.from, to: previewed.to });
  }

  owned.add(
    hub.api.onLink((link) => {
      if (link.state === 'open' && shown) startOver();
    }),
  );
  owned.add(
    hub.onPaused((paused) => {
      if (!paused && shown?.to === null) askSoon(0);
    }),
  );
  const onVisibility = () => {
    if (!document.hidden && shown?.to === null) askSoon(0);
  };
  document.addEventListener('visibilitychange', onVisibility);
  owned.add(() => document.removeEventListener('visibilitychange', onVisibility));

  return {
    get loading() {
      return loading;
    },
    get fault() {
      return fault;
    },
    get generation() {
      return generation;
    },
    show(window) {
      chosen = window;
      if (window?.rangeMs === shown?.rangeMs && window?.to === shown?.to) return;
      const before = shown;
      if (!window) {
        if (!previewed) showNothing();
        return;
      }
      // A range that grows with the clock continues the picture; anything else replaces it.
      const grows =
        before?.to === null && window.to === null && Math.abs(window.rangeMs / before.rangeMs - 1) < 0.01;
      if (!grows) {
        replace(window);
        return;
      }
      shown = window;
      frames.emit();
    },
    preview(span) {
      previewed = span;
      if (span) {
        previewTimer ??= setTimeout(askForPreview, PREVIEW_MS);
        return;
      }
      clearTimeout(previewTimer);
      previewTimer = undefined;
      // Charts end a gesture before the page sets its new time, so the current picture stays until then.
      endTimer ??= setTimeout(endPreview, 0);
    },
    want(series, width) {
      const want = { series, width };
      wants.add(want);
      // Charts become visible one after another; if there is already a picture, one request can wait for all of them.
      askSoon(levels.size === 0 ? 0 : SETTLE_MS);
      return () => {
        wants.delete(want);
      };
    },
    refresh: startOver,
    buffer,
    onFrame: (listener) => frames.on(listener),
    dispose() {
      disposed = true;
      forgetQuestions();
      clearTimeout(settleTimer);
      clearTimeout(refreshTimer);
      clearTimeout(previewTimer);
      clearTimeout(endTimer);
      owned.dispose();
      levels.clear();
      wants.clear();
      frames.clear();
    },
  };
}
