import type { MetricKind } from '@shared/model';
import type { Block, BlockEncoder } from './codec/block';
import type { Catalog } from './catalog';
import { encodeChunks, type ChunkTable, type EncodedChunk } from './chunk-table';
import { ColumnScratch } from './column-scratch';
import type { HourTable } from './hours';
import type { DeviceState, JournalRecord } from './device-state';
import { columnId, FIELD, seriesOf } from './fields';
import type { Journal } from './journal';
import { NEIGHBOUR_CHUNKS } from './merger';
import { lowerBound } from '../samples/lower-bound';
import { mergeBlocks, pickRows, sliceBlock } from './merge-blocks';
import type { Pausing } from './pauses';
import { priorReadings } from './prior-readings';
import { foldRollups, rollUp, type Reading, type Readings } from './rollup';
import { blocksInOrder, chunkSource, type OnDamage } from './sources';
import {
  floorTo,
  HOUR_MS,
  LOOKBACK_MS,
  MAX_CHUNK_CELLS,
  MINUTE,
  MINUTE_MS,
  RAW,
} from '../store-contract/tiers';

/** Affected minutes closer together than this are rolled up in one go. */
const JOIN_RUNS_MS = 10 * MINUTE_MS;
/** How far after late rows to look for the readings whose rate they change. */
const LOOKAHEAD_MS = 10 * MINUTE_MS;
/** Shared, because only one seal is planned at a time and none of its rows outlive it. */
const scratch = new ColumnScratch();

export interface SealContext {
  catalog: Catalog;
  journal: Journal;
  chunks: ChunkTable;
  hours: HourTable;
  /** Raw chunks up to here were deleted, so earlier roll-ups are added to instead of being recomputed. */
  rawFloor: () => number;
  onDamage: OnDamage;
}

/** A seal whose chunks are encoded. */
export interface Seal {
  /** How many records it takes, and what is left of their rows. */
  records: number;
  staying: Block;
  chunks: EncodedChunk[];
  newest: number;
  hours: ReadonlySet<number>;
  tail: Readings | null;
}

/** The changes of a seal, to be applied to the device once the transaction is committed. */
export type Sealed = Omit<Seal, 'chunks' | 'staying'> & { left: JournalRecord[] };

/**
 * Encodes a device's journal rows before `cutAt` as chunks, with their one-minute roll-ups. It takes whole records from
 * the front, as many as make one large chunk, so that the remaining rows are younger than the moved ones. Null when there
 * is nothing to move. Pauses; the rows of one seal are valid until the next one begins.
 */
export function* planSeal(
  context: SealContext,
  encoder: BlockEncoder,
  device: DeviceState,
  cutAt: number,
): Pausing<Seal | null> {
  const { journal, onDamage } = context;
  const records = recordsToTake(device, cutAt);
  if (records === 0) return null;
  const isAll = records === device.journal.length;
  scratch.reset();
  const rows = mergeBlocks(yield* journal.read(device.journal.slice(0, records), onDamage), scratch);
  yield;
  const cut = lowerBound(rows.t, cutAt);
  const going = sliceBlock(rows, 0, cut);
  const staying = sliceBlock(rows, cut, rows.t.length);
  if (cut === 0 && isAll) return null;
  let tail: Readings | null = null;
  const hours = new Set<number>();
  const chunks: EncodedChunk[] = [];
  if (cut > 0) {
    let isInOrder = true;
    for (const run of runsOf(going)) {
      const rolled = rollUpRun(context, device, run, going, isInOrder);
      yield;
      tail = rolled.tail;
      isInOrder = tail !== null;
      chunks.push(...(yield* encodeChunks(encoder, device.id, MINUTE, rolled.minutes, Date.now())));
      for (const minute of rolled.minutes.t) hours.add(floorTo(minute, HOUR_MS));
    }
    chunks.push(...(yield* encodeChunks(encoder, device.id, RAW, going, Date.now())));
  }
  const newest = Math.max(device.newestSealed, going.t[cut - 1] ?? Number.NEGATIVE_INFINITY);
  return { records, staying, chunks, newest, hours, tail };
}

/** Moves the rows, within a transaction. */
export function writeSeal(
  { chunks, hours, journal }: Pick<SealContext, 'chunks' | 'hours' | 'journal'>,
  device: DeviceState,
  { staying, chunks: encoded, ...seal }: Seal,
): Sealed {
  chunks.insert(encoded);
  hours.markDirty(device.id, seal.hours);
  return { ...seal, left: journal.replace(device, seal.records, staying) };
}

/** Applies a committed seal to the device's state in memory. */
export function applySealed(device: DeviceState, sealed: Sealed, now: number): void {
  device.replaced(0, sealed.records, sealed.left);
  device.sealed(now);
  device.newestSealed = sealed.newest;
  device.setTail(sealed.tail);
  for (const hour of sealed.hours) device.dirtyHours.add(hour);
}

/** Up to the last record with rows before the cut; the records after it stay as they are. */
function recordsToTake({ journal }: DeviceState, cutAt: number): number {
  let cells = 0;
  let records = 0;
  for (const [i, record] of journal.entries()) {
    cells += record.cells;
    if (i > 0 && cells > 2 * MAX_CHUNK_CELLS) break;
    if (record.from < cutAt) records = i + 1;
  }
  return records;
}

/** Splits rows at gaps of some minutes. */
function runsOf(block: Block): Block[] {
  const runs: Block[] = [];
  let from = 0;
  for (let i = 1; i <= block.t.length; i++) {
    if (i < block.t.length && (block.t[i] as number) - (block.t[i - 1] as number) < JOIN_RUNS_MS) continue;
    runs.push(sliceBlock(block, from, i));
    from = i;
  }
  return runs;
}

/**
 * Rolls up the minutes that a run of rows affects, and returns the counters' last readings afterwards, if it is the
 * newest run. `going` holds the earlier runs, which are not among the chunks yet.
 */
function rollUpRun(
  context: SealContext,
  device: DeviceState,
  run: Block,
  going: Block,
  isInOrder: boolean,
): { minutes: Block; tail: Readings | null } {
  const start = floorTo(run.t[0] ?? 0, MINUTE_MS);
  const end = floorTo(run.t[run.t.length - 1] ?? 0, MINUTE_MS) + MINUTE_MS;
  const counters = countersOf(context, run);
  const lost = context.chunks.lost(device.id, RAW, start, end);
  const isNewest = start > device.newestSealed && lost.length === 0;
  const known = isNewest && isInOrder ? device.tail() : null;
  const readings: Readings = known ?? new Map<number, Reading>();
  const unknown = counters.filter((series) => !readings.has(series));
  for (const [series, one] of readingsBefore(context, device, unknown, start)) readings.set(series, one);
  overlayReadings(readings, going, start, context.catalog.kindOf);
  if (!isNewest) {
    return { minutes: rollUpAmongOthers(context, device, run, start, end, counters, readings), tail: null };
  }
  return { minutes: rollUp(run, MINUTE_MS, context.catalog.kindOf, readings), tail: readings };
}

/** Updates readings to the last ones in a block before `before`. */
function overlayReadings(
  readings: Readings,
  block: Block,
  before: number,
  kindOf: (series: number) => MetricKind,
): void {
  const end = lowerBound(block.t, before);
  if (end === 0) return;
  for (const { id, v } of block.columns) {
    const series = seriesOf(id);
    if (kindOf(series) !== 'counter') continue;
    for (let i = end - 1; i >= 0; i--) {
      const value = v[i] as number;
      if (value !== value) continue;
      const t = block.t[i] as number;
      if (t >= (readings.get(series)?.t ?? Number.NEGATIVE_INFINITY)) readings.set(series, { t, v: value });
      break;
    }
  }
}

/**
 * Handles late rows: recomputes their minutes from all known data, and also the minute of each counter's next
 * reading, whose rate now starts at a late row.
 */
function rollUpAmongOthers(
  context: SealContext,
  device: DeviceState,
  run: Block,
  start: number,
  end: number,
  counters: readonly number[],
  readings: Readings,
): Block {
  const { chunks, catalog, onDamage } = context;
  const next = nextTime(context, device, end);
  const reach = next === null ? end : floorTo(next, MINUTE_MS) + LOOKAHEAD_MS;
  const infos = chunks.inRange(device.id, RAW, start, end);
  if (next !== null) {
    const known = new Set(infos.map(({ id }) => id));
    for (const info of chunks.inRange(device.id, RAW, next, reach)) if (!known.has(info.id)) infos.push(info);
  }
  const sources = infos.map((info) => chunkSource(info, chunks));
  const stored = [...blocksInOrder(sources, null, start, reach, onDamage)];
  const all = mergeBlocks([...stored, run]);
  const lost = chunks.lost(device.id, RAW, start, reach);
  const isLost = (minute: number): boolean =>
    lost.some(({ from, to }) => from < minute + MINUTE_MS && to >= minute);
  const own = lost.length > 0 ? rollUp(run, MINUTE_MS, catalog.kindOf, new Map(readings)) : null;
  const rolled = rollUp(all, MINUTE_MS, catalog.kindOf, readings);
  const nextMinutes = minutesOfNextReadings(all, counters, end);
  const minutes = pickRows(rolled, (time) => !isLost(time) && (time < end || nextMinutes.has(time)));
  if (start > context.rawFloor() && !own) return minutes;
  const known = new Set<number>();
  for (const { t } of stored) for (const time of t) known.add(floorTo(time, MINUTE_MS));
  // Minutes that have lost some of their samples are added to as well.
  const added = own ? mergeBlocks([minutes, pickRows(own, isLost)]) : minutes;
  return addToStored(context, device, added, known, isLost);
}

/**
 * If raw samples are already deleted or lost, their roll-ups are kept and the late rows are added to them. Minutes in
 * `known` still have their samples and were computed from all of them, unless some of those are lost.
 */
function addToStored(
  context: SealContext,
  device: DeviceState,
  minutes: Block,
  known: ReadonlySet<number>,
  isLost: (minute: number) => boolean,
): Block {
  const { chunks, onDamage } = context;
  const floor = context.rawFloor();
  const times = new Set(minutes.t.filter((time) => isLost(time) || (!known.has(time) && time <= floor)));
  const from = minutes.t[0] ?? 0;
  const to = (minutes.t[minutes.t.length - 1] ?? 0) + 1;
  const sources = chunks.inRange(device.id, MINUTE, from, to).map((info) => chunkSource(info, chunks));
  const stored = [...blocksInOrder(sources, null, from, to, onDamage)].map((block) =>
    pickRows(block, (time) => times.has(time)),
  );
  return foldRollups([...stored, minutes], MINUTE_MS);
}

function countersOf({ catalog }: SealContext, block: Block): number[] {
  return block.columns.map(({ id }) => seriesOf(id)).filter((series) => catalog.kindOf(series) === 'counter');
}

function readingsBefore(
  { chunks, onDamage }: SealContext,
  device: DeviceState,
  counters: readonly number[],
  before: number,
): Readings {
  if (counters.length === 0) return new Map();
  const sources = chunks
    .before(device.id, RAW, before, before - LOOKBACK_MS, NEIGHBOUR_CHUNKS)
    .map((info) => chunkSource(info, chunks));
  return priorReadings(sources, counters, before, onDamage);
}

/** The first stored time at `from` or after. */
function nextTime({ chunks, onDamage }: SealContext, device: DeviceState, from: number): number | null {
  if (from > device.newestSealed) return null;
  let next: number | null = null;
  for (const info of chunks.after(device.id, RAW, from, NEIGHBOUR_CHUNKS)) {
    if (next !== null && info.from >= next) break;
    const block = blocksInOrder([chunkSource(info, chunks)], null, from, info.to + 1, onDamage).next();
    const time = block.done ? undefined : block.value.t[0];
    if (time !== undefined) next = Math.min(next ?? time, time);
  }
  return next;
}

function minutesOfNextReadings(block: Block, counters: readonly number[], from: number): Set<number> {
  const minutes = new Set<number>();
  const ids = new Set(counters.map((series) => columnId(series, FIELD.value)));
  const start = lowerBound(block.t, from);
  for (const { id, v } of block.columns) {
    if (!ids.has(id)) continue;
    for (let i = start; i < v.length; i++) {
      if (Number.isNaN(v[i])) continue;
      minutes.add(floorTo(block.t[i] as number, MINUTE_MS));
      break;
    }
  }
  return minutes;
}
