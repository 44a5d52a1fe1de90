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

/** Widths change many times while a window is resized. */
const SETTLE_MS = 200;
/** The minimum interval between requests while a gesture moves the span, ms. */
const PREVIEW_MS = 180;
/** The newest columns are asked for again: late samples and the one under way change them. */
const TAIL_COLUMNS = 3;
/** Asked for beyond both edges, so that lines leave the picture: samples may be further apart than it is long. */
const EDGE_MS = 30_000;
/** Kept beyond that: a range that grows in steps reaches back this much further than it did right before a step. */
const GROWS_BY_MS = 30_000;
/**
 * Where an answer does not reach the samples on both sides, it is looked for them in windows so many times as long, up
 * to a length, ms.
 */
const AROUND = [30, 900];
const AROUND_AT_MOST_MS = 3 * 3_600_000;
/** What one question may name. */
const SERIES_PER_QUESTION = 100;
/** A page stays open for months while series come and go: of more than this many, those that nobody wants are let go. */
const MOST_SERIES = 300;

export interface HistoryWindow {
  /** How long it is, ms. */
  rangeMs: number;
  /** Where it ends, ms since the epoch; null follows the clock. */
  to: number | null;
}

/** What names a series in the hub's answers, whatever its id is. */
export interface WantedSeries {
  id: number;
  /** Only needed where series of several devices are shown together. */
  device?: string;
  metric: string;
  labels: Labels;
}

/** The past of the series that a page shows, in columns about a pixel wide. Plain data but for `loading`. */
export interface History extends Disposable {
  /** Reactive: whether the picture as a whole is on its way. */
  readonly loading: boolean;
  /** Reactive: why the last question was not answered. */
  readonly fault: Fault | null;
  /** Which time to show; null for none. What was there stays until the answers come. */
  show(window: HistoryWindow | null): void;
  /** The same for as long as a gesture goes on, which passes through many; null when it is over. */
  preview(span: TimeSpan | null): void;
  /** Asks for series drawn `width` CSS pixels wide, for as long as they are in sight. */
  want(series: readonly WantedSeries[], width: number): Unsubscribe;
  /** Everything anew: the past itself has changed. */
  refresh(): void;
  buffer(id: number): HistoryColumns | null;
  /** Rises with each picture that is not the continuation of the one before. */
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

/** What the hub's answers and a page's wishes are matched by: its ids may belong to an earlier run of the hub. */
const keyOf = (device: string, metric: string, labels: Labels): string =>
  `${device} ${formatSeriesKey(metric, labels)}`;

/** Of one device, or with `device` null of any; `now` is the hub's clock, which stands still while paused. */
export function createHistory(hub: HubState, device: string | null, now: () => number): History {
  let shown: HistoryWindow | null = null;
  /** What the page asked for last, while `shown` is of a gesture. */
  let chosen: HistoryWindow | null = null;
  let previewed: TimeSpan | null = null;
  let loading = $state(false);
  let fault = $state.raw<Fault | null>(null);
  let generation = 0;
  /** Answers to earlier questions than this do not count any more. */
  let valid = 0;
  /** Ends the questions of the present turn. */
  let stopAsking = new AbortController();
  /** The turn whose answers are awaited, and whether to ask once more after them. */
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

  /** `isMeant` leaves out series whose past need not be asked for. */
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
    // Also where there is nothing to ask: else asking once more would never end.
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

  /** Samples may be farther apart than what is shown is long. */
  async function lookAround(rangeMs: number, to: number, turn: number): Promise<void> {
    const from = to - rangeMs;
    // Nothing is beyond the present.
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
        // On the grid, or asking again within the newest column would find too little kept.
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

  /** When the newest columns are due. */
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

  /** A gesture is over; by now the page shows what it chose, or what it showed before. */
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
      // A range that grows with the clock goes on; anything else is another picture.
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
      // Charts let go of a gesture before the page has said what it shows from now on: what is there stays until then.
      endTimer ??= setTimeout(endPreview, 0);
    },
    want(series, width) {
      const want = { series, width };
      wants.add(want);
      // Charts come into sight one after the other; a picture that is there can wait for the last of them.
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
