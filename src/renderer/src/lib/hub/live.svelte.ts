import { untrack } from 'svelte';
import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import type { FeedFrame, FeedHandle } from '@shared/hub-api';
import { createHubTime, hubNow, observeHub } from '../time/hub-time';
import type { HubState } from './hub-state.svelte';
import type { SampleSource } from './sample-source';
import { SeriesBuffer } from './series-buffer';

/** The frame interval while the page is hidden, ms. */
const HIDDEN_FLUSH_MS = 1_000;
/** Kept beyond the window, ms, so that lines reach the left edge of the chart. */
const MARGIN_MS = 15_000;

export interface LiveOptions {
  /** How far back the picture reaches. */
  windowMs: number;
  /** How often frames should come while the UI is visible, at least 50. */
  flushMs: number;
}

/** The live samples of the series in one view. Plain data, not reactive. */
export interface Live extends SampleSource, Disposable {
  /** Sets the series to follow. Series that stay keep their samples; the hub sends the past of new ones. */
  setSeries(ids: readonly number[]): void;
  /** Sets how far back to keep samples; a longer window is filled from the hub. */
  setWindow(windowMs: number): void;
  /** Sets the devices whose agents should sample faster while this is open. */
  focus(deviceIds: readonly string[]): void;
  /** Drops every sample and requests the past again, because the hub has deleted some. */
  restart(): void;
  /** Returns the samples of a series; null if it is not followed or has none yet. */
  buffer(id: number): SeriesBuffer | null;
  /** Returns the newest value; null if there is none. */
  last(id: number): number | null;
  /** Called after each frame was added, and when samples were dropped. */
  onFrame(listener: () => void): Unsubscribe;
  /** Returns the hub's clock now, ms since the epoch; stands still while paused. */
  now(): number;
  newest(id: number): SeriesBuffer | null;
  readonly paused: boolean;
  /** How far back samples reach, ms. */
  readonly windowMs: number;
}

/**
 * Follows series through one feed of the hub. After a restart of the hub (a new `bootId`) all samples are
 * dropped, because series ids have changed: list the series again and call `setSeries`.
 */
export function createLive(hub: HubState, options: LiveOptions): Live {
  let { windowMs } = options;
  let ids: readonly number[] = [];
  let wanted = new Set<number>();
  let focused: string[] = [];
  /** The run of the hub that `ids` belong to. */
  let bootId: string | null = null;
  let feed: FeedHandle | null = null;
  let updateScheduled = false;
  let disposed = false;
  let pausedAt: number | null = null;
  /** Whether the clock stands still because the hub cannot be heard. */
  let isHeld = false;
  const buffers = new Map<number, SeriesBuffer>();
  const frames = new Emitter<void>();
  const owned = new DisposableStore();
  const time = createHubTime();

  const flushMs = () => (document.hidden ? Math.max(HIDDEN_FLUSH_MS, options.flushMs) : options.flushMs);

  function take(frame: FeedFrame): void {
    time.observe(frame.hubTime);
    observeHub(frame.hubTime);
    if (frame.bootId !== bootId) return;
    // While paused the picture stands still; a snapshot fills in the missed samples on resume.
    if (pausedAt !== null && frame.kind === 'append') return;
    let taken = false;
    // A snapshot may have several blocks of one series; only the first of them replaces the samples.
    const replaced = new Set<number>();
    for (const { series, t, v } of frame.blocks) {
      for (const [column, id] of series.entries()) {
        let buffer = buffers.get(id);
        if (!buffer) {
          if (!wanted.has(id)) continue;
          buffer = new SeriesBuffer({ windowMs: windowMs + MARGIN_MS });
          buffers.set(id, buffer);
        } else if (pausedAt !== null) continue;
        else if (frame.kind === 'snapshot' && !replaced.has(id)) buffer.clear();
        if (frame.kind === 'snapshot') replaced.add(id);
        buffer.pushColumn(t, v, column * t.length);
        taken = true;
      }
    }
    if (taken) frames.emit();
  }

  function open(): void {
    feed?.close();
    feed = null;
    if (disposed || (ids.length === 0 && focused.length === 0)) return;
    feed = hub.api.openFeed({ series: [...ids], windowMs, flushMs: flushMs(), focus: focused }, take);
  }

  /** Sends several changes within one turn as one message. */
  function update(): void {
    if (updateScheduled) return;
    updateScheduled = true;
    queueMicrotask(() => {
      updateScheduled = false;
      if (disposed) return;
      if (!feed) open();
      else feed.update({ series: [...ids], focus: focused });
    });
  }

  owned.add(
    hub.api.onLink((link) => {
      // Without the hub the picture stands still at its last message instead of moving into an apparent gap.
      if (link.state !== 'open') {
        if (untrack(() => hub.down)) {
          isHeld = true;
          time.hold(hubNow());
        }
        return;
      }
      if (isHeld) time.observe(link.hubTime);
      isHeld = false;
      if (link.bootId === bootId) return;
      const restarted = bootId !== null;
      bootId = link.bootId;
      if (!restarted) return;
      ids = [];
      wanted = new Set();
      buffers.clear();
      update();
      frames.emit();
    }),
  );
  owned.add(
    hub.onPaused((paused) => {
      if (paused) pausedAt = time.now();
      else {
        pausedAt = null;
        open();
      }
      frames.emit();
    }),
  );
  if (untrack(() => hub.paused)) pausedAt = time.now();
  const onVisibility = () => feed?.update({ flushMs: flushMs() });
  document.addEventListener('visibilitychange', onVisibility);
  owned.add(() => document.removeEventListener('visibilitychange', onVisibility));

  return {
    setSeries(next) {
      const set = new Set(next);
      if (set.size === wanted.size && [...set].every((id) => wanted.has(id))) return;
      ids = [...set];
      wanted = set;
      for (const id of buffers.keys()) if (!set.has(id)) buffers.delete(id);
      update();
    },
    setWindow(next) {
      if (next === windowMs) return;
      const longer = next > windowMs;
      windowMs = next;
      for (const buffer of buffers.values()) buffer.windowMs = windowMs + MARGIN_MS;
      if (longer) open();
      else feed?.update({ windowMs });
      frames.emit();
    },
    focus(deviceIds) {
      focused = [...deviceIds];
      update();
    },
    restart() {
      buffers.clear();
      open();
      frames.emit();
    },
    buffer: (id) => buffers.get(id) ?? null,
    newest: (id) => buffers.get(id) ?? null,
    generation: 0,
    last(id) {
      const value = buffers.get(id)?.lastValue;
      return value === undefined || Number.isNaN(value) ? null : value;
    },
    onFrame: (listener) => frames.on(listener),
    now: () => pausedAt ?? time.now(),
    get paused() {
      return pausedAt !== null;
    },
    get windowMs() {
      return windowMs;
    },
    dispose() {
      disposed = true;
      owned.dispose();
      feed?.close();
      feed = null;
      buffers.clear();
      frames.clear();
    },
  };
}
