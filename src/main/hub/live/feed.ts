import type { FeedBlock, FeedFrame, FeedPatch, FeedSpec } from '@shared/hub-api';
import { FEED_CREDIT } from '@shared/bridge/messages';
import type { Series } from '../series/series';
import type { SeriesTable } from '../series/series-table';
import { CounterRates } from '../series/counter-rates';
import type { Sheet } from '../series/sheet';
import { SheetReader } from '../series/sheet-reader';
import { newestReading, readSeries, ringCovers } from './read-series';

/** The minimum time between resends of whole series because rows came late or out of order, ms. */
const RESNAPSHOT_EVERY_MS = 1_000;
/** A snapshot is complete if it lacks less than this at the start of its window, ms. */
const COVERED_WITHIN_MS = 2_000;

/** Reads series at full resolution from disk, rates for counters; empty when there is no disk. Never rejects. */
export type ReadOlder = (series: number[], from: number, to: number) => Promise<OlderSamples[]>;

export interface OlderSamples {
  series: number;
  t: Float64Array;
  v?: Float64Array;
}

/**
 * Sends the live samples of some series to one UI. It pulls: storing samples costs the same however many feeds are
 * open, and a slow UI (out of credit) finds more rows in its next frame instead of a queue.
 */
export class Feed {
  /** Unsent rows from before the rings begin, read from disk for a snapshot. */
  #older: FeedBlock[] = [];
  #spec: Required<FeedSpec>;
  readonly #bootId: string;
  readonly #table: SeriesTable;
  readonly #send: (frame: FeedFrame) => void;
  readonly #readOlder: ReadOlder | null;
  readonly #reader: SheetReader;
  readonly #rates = new CounterRates();
  /** Series whose next frame is a snapshot. */
  #fresh = new Set<number>();
  /** Series that got rows late or out of order and will be resent in full. */
  readonly #late = new Set<number>();
  /** When this changes, pending reads from disk are obsolete. */
  #restarts = 0;
  #credit = FEED_CREDIT;
  #dueAt = 0;
  #lastResnapshotAt = 0;

  constructor(
    spec: Required<FeedSpec>,
    bootId: string,
    table: SeriesTable,
    send: (frame: FeedFrame) => void,
    readOlder: ReadOlder | null = null,
  ) {
    this.#readOlder = readOlder;
    this.#spec = spec;
    this.#bootId = bootId;
    this.#table = table;
    this.#send = send;
    this.#fresh = new Set(spec.series);
    this.#reader = new SheetReader({ table, series: spec.series });
  }

  get focus(): readonly string[] {
    return this.#spec.focus;
  }

  update(patch: FeedPatch): void {
    if (patch.series) {
      const before = new Set(this.#spec.series);
      const wanted = new Set(patch.series);
      for (const id of wanted) if (!before.has(id)) this.#fresh.add(id);
      for (const id of this.#fresh) if (!wanted.has(id)) this.#fresh.delete(id);
      for (const id of this.#late) if (!wanted.has(id)) this.#late.delete(id);
      this.#reader.want(wanted);
    }
    if (patch.windowMs !== undefined && patch.windowMs > this.#spec.windowMs) {
      for (const id of patch.series ?? this.#spec.series) this.#fresh.add(id);
    }
    this.#spec = { ...this.#spec, ...definedOf(patch) };
    this.#dueAt = 0;
  }

  /** Sends all series from the start again, because rows that may have been sent were removed from memory. */
  restart(): void {
    for (const id of this.#spec.series) this.#fresh.add(id);
    this.#older = [];
    this.#restarts++;
    this.#dueAt = 0;
  }

  credit(): void {
    if (this.#credit < FEED_CREDIT) this.#credit++;
  }

  /** Sends a frame if one is due. `monotonic` paces the frames; `now` is their timestamp. */
  tick(monotonic: number, now: number): void {
    if (this.#credit === 0) return;
    if (this.#older.length > 0 && this.#fresh.size === 0) {
      const blocks = this.#older;
      this.#older = [];
      this.#credit--;
      this.#send({ bootId: this.#bootId, hubTime: now, kind: 'append', blocks });
      return;
    }
    if (monotonic < this.#dueAt) return;
    this.#findLateRows(monotonic);
    const kind = this.#fresh.size > 0 ? 'snapshot' : 'append';
    const blocks = kind === 'snapshot' ? this.#takeSnapshot(now) : this.#takeNewRows();
    if (blocks.length === 0 && kind === 'append') return;
    this.#dueAt = kind === 'snapshot' ? 0 : monotonic + this.#spec.flushMs;
    this.#credit--;
    this.#send({ bootId: this.#bootId, hubTime: now, kind, blocks });
  }

  /**
   * Finds rows that came late or out of order, or that the ring dropped unsent; their series are sent from the start
   * again.
   */
  #findLateRows(monotonic: number): void {
    for (const id of this.#reader.late()) this.#late.add(id);
    if (this.#late.size === 0 || monotonic - this.#lastResnapshotAt < RESNAPSHOT_EVERY_MS) return;
    this.#lastResnapshotAt = monotonic;
    for (const id of this.#late) this.#fresh.add(id);
    this.#late.clear();
  }

  #takeSnapshot(now: number): FeedBlock[] {
    const blocks: FeedBlock[] = [];
    const from = now - this.#spec.windowMs;
    const missing: number[] = [];
    // A snapshot reads a sheet to its end, so series of the same sheet with unsent rows must be in it too.
    this.#fresh = this.#reader.skip(this.#fresh);
    const bySheet = new Map<Sheet, { series: Series[]; columns: { t: Float64Array; v: Float64Array }[] }>();
    for (const id of this.#fresh) {
      const series = this.#table.byId(id);
      if (!series) continue;
      this.#late.delete(id);
      for (const place of series.places) this.#rates.start(series, place);
      let columns = readSeries(series, from, Number.POSITIVE_INFINITY, series.kind === 'counter');
      // The last value of a silent device is still useful; a rate that has ended is not.
      if (columns.t.length === 0 && series.kind !== 'counter') columns = newestReading(series);
      if (this.#readOlder && !ringCovers([series], from + COVERED_WITHIN_MS)) missing.push(id);
      const [place, second] = series.places;
      const shared = place && !second ? bySheet.get(place.sheet) : undefined;
      if (shared && shared.columns[0]?.t.length === columns.t.length) {
        shared.series.push(series);
        shared.columns.push(columns);
      } else if (place && !second && !shared) {
        bySheet.set(place.sheet, { series: [series], columns: [columns] });
      } else blocks.push(toBlock([series], [columns]));
    }
    for (const { series, columns } of bySheet.values()) blocks.push(toBlock(series, columns));
    this.#fresh.clear();
    if (missing.length > 0) void this.#fetchOlder(missing, from, now);
    return blocks;
  }

  async #fetchOlder(series: number[], from: number, to: number): Promise<void> {
    const restarts = this.#restarts;
    const columns = (await this.#readOlder?.(series, from, to)) ?? [];
    if (restarts !== this.#restarts) return;
    const wanted = new Set(this.#spec.series);
    const blocks = columns.flatMap(({ series: id, t, v }): FeedBlock[] =>
      v && t.length > 0 && wanted.has(id) ? [{ series: Uint32Array.of(id), t, v }] : [],
    );
    const known = new Set(blocks.map((block) => block.series[0]));
    this.#older = [...this.#older.filter((block) => !known.has(block.series[0])), ...blocks];
  }

  #takeNewRows(): FeedBlock[] {
    const blocks: FeedBlock[] = [];
    for (const rows of this.#reader.read()) {
      this.#rates.apply(rows);
      blocks.push({ series: rows.ids, t: rows.t, v: rows.v });
    }
    return blocks;
  }
}

function toBlock(series: Series[], columns: { t: Float64Array; v: Float64Array }[]): FeedBlock {
  const t = columns[0]?.t ?? new Float64Array();
  const v = new Float64Array(t.length * series.length);
  for (const [i, column] of columns.entries()) v.set(column.v, i * t.length);
  return { series: Uint32Array.from(series, (one) => one.id), t: t.slice(), v };
}

function definedOf(patch: FeedPatch): Partial<Required<FeedSpec>> {
  return Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
}
