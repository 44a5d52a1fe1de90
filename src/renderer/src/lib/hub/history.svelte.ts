import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import { toFault, type Fault } from '@shared/errors';
import type { Labels } from '@shared/model';
import { formatSeriesKey } from '@shared/protocol/series-key';
import { bucketFor, coverWith, refreshEveryMs } from '../time-view/buckets';
import { HistoryColumns } from './history-columns';
import type { HubState } from './hub-state.svelte';

/** Widths change many times while a window is resized. */
const SETTLE_MS = 200;
/** The newest columns are asked for again: late samples and the one under way change them. */
const TAIL_COLUMNS = 3;
/** What one question may name. */
const SERIES_PER_QUESTION = 100;

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
  const wants = new Set<{ series: readonly WantedSeries[]; width: number }>();
  const columns = new Map<number, HistoryColumns>();
  /** What of the present window each series has. */
  const loaded = new Map<number, { bucketMs: number; from: number; to: number }>();
  const frames = new Emitter<void>();
  const owned = new DisposableStore();

  function questions({ rangeMs, to: end }: HistoryWindow): { whole: boolean; list: Question[] } {
    const list = new Map<string, Question>();
    let whole = false;
    const to = end ?? now();
    for (const { series, width } of wants) {
      const bucketMs = bucketFor(rangeMs, width);
      const cover = coverWith(bucketMs, to - rangeMs, to);
      for (const one of series) {
        const have = loaded.get(one.id);
        let { from } = cover;
        if (have?.bucketMs === bucketMs && have.from <= from && have.to >= from) {
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
    if (list.length > 0) {
      asking = turn;
      again = false;
      const answers = await Promise.all(list.map((question) => answer(question, window, turn)));
      if (turn !== valid || disposed) return;
      asking = null;
      fault = answers.find((one) => one !== null) ?? null;
      if (whole) generation++;
      frames.emit();
    }
    loading = false;
    if (again) void ask();
    else schedule();
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
        const cover = coverWith(bucketMs, to - window.rangeMs, to);
        const before = loaded.get(id);
        const goesOn = before?.bucketMs === bucketMs && before.from <= from && before.to >= from;
        let held = columns.get(id);
        if (!held || !goesOn) columns.set(id, (held = new HistoryColumns(bucketMs)));
        held.put(found, from, to, cover.from - bucketMs);
        loaded.set(id, { bucketMs, from: goesOn ? Math.max(before.from, cover.from - bucketMs) : from, to });
      }
      return null;
    } catch (error) {
      return toFault(error);
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

  /** What is asked is not wanted any more: neither here nor, if it takes long, in the hub. */
  function forgetQuestions(): void {
    valid++;
    stopAsking.abort();
    stopAsking = new AbortController();
  }

  function startOver(): void {
    forgetQuestions();
    asking = null;
    again = false;
    loaded.clear();
    askSoon(0);
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
      if (window?.rangeMs === shown?.rangeMs && window?.to === shown?.to) return;
      const before = shown;
      shown = window;
      if (!window) {
        forgetQuestions();
        asking = null;
        again = false;
        loading = false;
        fault = null;
        columns.clear();
        loaded.clear();
        clearTimeout(settleTimer);
        clearTimeout(refreshTimer);
        return;
      }
      // A range that grows with the clock goes on; anything else is another picture.
      const grows =
        before?.to === null && window.to === null && Math.abs(window.rangeMs / before.rangeMs - 1) < 0.01;
      if (!grows) {
        generation++;
        startOver();
      }
      frames.emit();
    },
    want(series, width) {
      const want = { series, width };
      wants.add(want);
      // Charts come into sight one after the other; a picture that is there can wait for the last of them.
      askSoon(loaded.size === 0 ? 0 : SETTLE_MS);
      return () => {
        wants.delete(want);
      };
    },
    refresh: startOver,
    buffer: (id) => columns.get(id) ?? null,
    onFrame: (listener) => frames.on(listener),
    dispose() {
      disposed = true;
      forgetQuestions();
      clearTimeout(settleTimer);
      clearTimeout(refreshTimer);
      owned.dispose();
      columns.clear();
      loaded.clear();
      wants.clear();
      frames.clear();
    },
  };
}
