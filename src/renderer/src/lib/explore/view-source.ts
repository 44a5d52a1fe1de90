import type { Comparison } from '@shared/explore/explore-view';
import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { Emitter } from '@shared/emitter';
import type { Fault } from '@shared/errors';
import { ShiftedColumns } from '../charts/scene/shifted-columns';
import { createHistory, type History } from '../hub/history.svelte';
import type { HubState } from '../hub/hub-state.svelte';
import { createLive, type Live } from '../hub/live.svelte';
import type { SampleColumns, SampleSource } from '../hub/sample-source';
import { bucketFor } from '../time/buckets';
import type { TimeSpan } from '../time/time-view';
import { AggregateColumns, gridFor, liveBucketMs } from './aggregate';
import type { Line, Member } from './lines';

/** The minimum interval between updates of a live aggregate, ms. */
const AGGREGATE_EVERY_MS = 250;
const FLUSH_MS = 200;
/** How much live data is kept while history is drawn, ms: for readouts and for returning to live view. */
const READOUT_MS = 300_000;
/** The hub's feeds reach this far back, ms. */
const FEED_REACH_MS = 3_600_000;
/** Above this number of lines, fewer columns are enough, because single pixels cannot be seen. */
const COARSER_FROM = 60;
const COARSEST_FROM = 200;
const DAY_MS = 86_400_000;

/** The time that a page shows. */
export interface PageTime {
  rangeMs: number;
  /** The moment at the right edge; null follows the clock. */
  to: number | null;
  /** Drawn from history instead of from live samples. */
  isHistory: boolean;
}

/** Returns the offset of the compared period, ms. */
export function shiftOf(compare: Comparison, rangeMs: number): number {
  return compare === 'before' ? rangeMs : compare === 'day' ? DAY_MS : 7 * DAY_MS;
}

interface Drawn {
  line: Line;
  isEarlier: boolean;
  aggregate: AggregateColumns | null;
  madeAt: number;
  shifted: { of: SampleColumns; byMs: number; columns: ShiftedColumns } | null;
}

/**
 * The samples of all lines of one page across devices: live data, history, aggregates, and the earlier periods they are
 * compared with. One feed and one history serve every chart.
 */
export class ViewSource implements SampleSource, Disposable {
  readonly live: Live;
  readonly #hub: HubState;
  readonly #history: History;
  readonly #earlier = new Map<Comparison, History>();
  readonly #frames = new Emitter<void>();
  readonly #owned = new DisposableStore();
  readonly #wants = new Set<{ lines: readonly Line[]; width: number }>();
  #drawn = new Map<number, Drawn>();
  #time: PageTime = { rangeMs: READOUT_MS, to: null, isHistory: false };
  /** The span that a gesture shows instead. */
  #previewed: TimeSpan | null = null;
  #width = 0;
  /** Whether a gesture has moved beyond the live data in memory. */
  #isBeyondLive = false;
  #stopWants: Unsubscribe[] = [];
  #isWantDue = false;
  #generation = 0;

  constructor(hub: HubState) {
    this.#hub = hub;
    this.live = createLive(hub, { windowMs: READOUT_MS, flushMs: FLUSH_MS });
    this.#history = createHistory(hub, null, () => this.live.now());
    this.#owned.add(this.live);
    this.#owned.add(this.#history);
    // While paused, no later frame may arrive with the samples that were missing at this frame.
    this.#owned.add(this.live.onFrame(() => (this.live.paused ? this.#changed() : this.#frames.emit())));
    this.#owned.add(this.#history.onFrame(() => this.#changed()));
  }

  /** Reactive: whether the whole picture is still loading. */
  get loading(): boolean {
    return this.#history.loading;
  }

  /** Reactive: why the history could not be read. */
  get fault(): Fault | null {
    return this.#history.fault;
  }

  get generation(): number {
    return this.#generation + this.#history.generation;
  }

  /** Sets the time to show. */
  show(time: PageTime): void {
    const { rangeMs, to, isHistory } = time;
    if (isHistory !== this.#time.isHistory) this.#generation++;
    this.#time = time;
    const standing = to === null ? 0 : Math.max(0, this.live.now() - to);
    this.live.setWindow(isHistory ? READOUT_MS : Math.min(FEED_REACH_MS, rangeMs + standing));
    this.#history.show(isHistory ? { rangeMs, to } : null);
    for (const [compare, history] of this.#earlier) this.#showEarlier(compare, history);
    this.#changed();
  }

  /** Sets the span of a gesture in progress; null when it ends. */
  preview(span: TimeSpan | null): void {
    this.#previewed = span;
    const reach = this.live.now() - this.live.windowMs;
    this.#isBeyondLive = span !== null && span.from < reach && this.#hub.info?.store !== 'memory';
    this.#history.preview(this.#time.isHistory || this.#isBeyondLive ? span : null);
    for (const [compare, history] of this.#earlier) {
      const byMs = span ? shiftOf(compare, span.to - span.from) : 0;
      history.preview(span && { from: span.from - byMs, to: span.to - byMs });
    }
  }

  /** Sets the lines to draw and releases those that are no longer drawn. */
  draw(lines: readonly Line[]): void {
    const before = this.#drawn;
    this.#drawn = new Map();
    const ids = new Set<number>();
    for (const line of lines) {
      this.#keep(before, line, line.id, false);
      if (line.earlierId !== null) this.#keep(before, line, line.earlierId, true);
      for (const { id } of line.members) ids.add(id);
    }
    this.live.setSeries([...ids]);
    this.#followEarlier(new Set(lines.flatMap(({ compare }) => compare ?? [])));
    this.#wantSoon();
    this.#frames.emit();
  }

  /** Requests the history of lines drawn `width` CSS pixels wide, until the returned function is called. */
  want(lines: readonly Line[], width: number): Unsubscribe {
    const want = { lines, width };
    this.#wants.add(want);
    this.#wantSoon();
    return () => {
      if (this.#wants.delete(want)) this.#wantSoon();
    };
  }

  /** Requests all history again because it has changed. */
  refresh(): void {
    this.#history.refresh();
    for (const history of this.#earlier.values()) history.refresh();
  }

  buffer(id: number): SampleColumns | null {
    const drawn = this.#drawn.get(id);
    if (!drawn) return null;
    if (drawn.isEarlier) return this.#earlierOf(drawn);
    const { line } = drawn;
    if (drawn.aggregate) return this.#sumUp(drawn, drawn.aggregate, (one) => this.#present(one), 0);
    const [member] = line.members;
    return member ? this.#present(member) : null;
  }

  newest(id: number): SampleColumns | null {
    const drawn = this.#drawn.get(id);
    const [member, second] = drawn?.line.members ?? [];
    const isPlain = drawn !== undefined && !drawn.isEarlier && !drawn.aggregate && !second;
    const isFollowing = this.#time.to === null;
    const now = isPlain && isFollowing && member ? this.live.buffer(member.id) : null;
    return now && now.end > now.start ? now : this.buffer(id);
  }

  now(): number {
    return this.live.now();
  }

  onFrame(listener: () => void): Unsubscribe {
    return this.#frames.on(listener);
  }

  dispose(): void {
    for (const stop of this.#stopWants) stop();
    this.#owned.dispose();
    for (const history of this.#earlier.values()) history.dispose();
    this.#earlier.clear();
    this.#wants.clear();
    this.#drawn.clear();
    this.#frames.clear();
  }

  #keep(before: ReadonlyMap<number, Drawn>, line: Line, id: number, isEarlier: boolean): void {
    const known = before.get(id);
    const aggregate = line.aggregate === null ? null : (known?.aggregate ?? new AggregateColumns());
    this.#drawn.set(id, { line, isEarlier, aggregate, madeAt: -Infinity, shifted: known?.shifted ?? null });
  }

  /** Returns the time that is drawn. */
  #shown(): { rangeMs: number; to: number } {
    if (this.#previewed) {
      const { from, to } = this.#previewed;
      return { rangeMs: to - from, to };
    }
    return { rangeMs: this.#time.rangeMs, to: this.#time.to ?? this.now() };
  }

  /** Marks the samples as different, not only extended, so that aggregates are updated at once. */
  #changed(): void {
    for (const drawn of this.#drawn.values()) drawn.madeAt = -Infinity;
    this.#frames.emit();
  }

  #present({ id }: Member): SampleColumns | null {
    const isPast = this.#time.isHistory || this.#isBeyondLive;
    return (isPast ? this.#history.buffer(id) : null) ?? this.live.buffer(id);
  }

  #earlierOf(drawn: Drawn): SampleColumns | null {
    const { line } = drawn;
    const history = line.compare === null ? undefined : this.#earlier.get(line.compare);
    if (line.compare === null || !history) return null;
    const byMs = shiftOf(line.compare, this.#shown().rangeMs);
    const past = ({ id }: Member) => history.buffer(id);
    const [member] = line.members;
    const of = drawn.aggregate
      ? this.#sumUp(drawn, drawn.aggregate, past, byMs)
      : member
        ? past(member)
        : null;
    if (!of) return null;
    if (drawn.shifted?.of !== of || drawn.shifted.byMs !== byMs) {
      drawn.shifted = { of, byMs, columns: new ShiftedColumns(of, byMs) };
    }
    return drawn.shifted.columns;
  }

  /** Aggregates several series, `earlierMs` before the shown time. */
  #sumUp(
    drawn: Drawn,
    aggregate: AggregateColumns,
    columnsOf: (member: Member) => SampleColumns | null,
    earlierMs: number,
  ): SampleColumns | null {
    const now = performance.now();
    if (now - drawn.madeAt < AGGREGATE_EVERY_MS) return aggregate;
    drawn.madeAt = now;
    const { line } = drawn;
    if (line.aggregate === null) return null;
    const members = line.members.flatMap((member) => columnsOf(member) ?? []);
    const { rangeMs, to } = this.#shown();
    const end = to - earlierMs;
    const isColumns = this.#time.isHistory || earlierMs > 0;
    const bucketMs = isColumns ? bucketFor(rangeMs, this.#width) : liveBucketMs(rangeMs, members);
    // The current bucket is incomplete; it counts once its middle has passed.
    const grid = gridFor(bucketMs, end - rangeMs - bucketMs, end - bucketMs / 2);
    aggregate.update(members, line.aggregate, grid);
    return aggregate;
  }

  #followEarlier(wanted: ReadonlySet<Comparison>): void {
    for (const [compare, history] of this.#earlier) {
      if (wanted.has(compare)) continue;
      history.dispose();
      this.#earlier.delete(compare);
    }
    for (const compare of wanted) {
      if (this.#earlier.has(compare)) continue;
      const history = createHistory(
        this.#hub,
        null,
        () => this.live.now() - shiftOf(compare, this.#shown().rangeMs),
      );
      history.onFrame(() => this.#changed());
      this.#earlier.set(compare, history);
      this.#showEarlier(compare, history);
    }
  }

  #showEarlier(compare: Comparison, history: History): void {
    const { rangeMs, to } = this.#time;
    history.show({ rangeMs, to: to === null ? null : to - shiftOf(compare, rangeMs) });
  }

  /** Collects requests, because charts become visible one after the other. */
  #wantSoon(): void {
    if (this.#isWantDue) return;
    this.#isWantDue = true;
    queueMicrotask(() => {
      this.#isWantDue = false;
      for (const stop of this.#stopWants) stop();
      this.#stopWants = this.#askFor([...this.#wants]);
    });
  }

  /** Uses one width for all charts: columns of one series in two widths would evict each other. */
  #askFor(wants: readonly { lines: readonly Line[]; width: number }[]): Unsubscribe[] {
    const lines = wants.flatMap((want) => want.lines).filter(({ id }) => this.#drawn.has(id));
    const members = new Map<number, Member>();
    for (const line of lines) for (const member of line.members) members.set(member.id, member);
    if (members.size === 0) return [];
    const widest = wants.reduce((most, { width }) => Math.max(most, width), 200);
    const share = members.size >= COARSEST_FROM ? 4 : members.size >= COARSER_FROM ? 2 : 1;
    this.#width = widest / share;
    const all = [...members.values()];
    const stops = [this.#history.want(all, this.#width)];
    for (const [compare, history] of this.#earlier) {
      const compared = lines.filter((line) => line.compare === compare).flatMap((line) => line.members);
      stops.push(history.want(compared, this.#width));
    }
    return stops;
  }
}
