import type { DatabaseSync } from 'node:sqlite';
import type { Catalog } from './catalog';
import { chunkPlace, type ChunkPlace } from './checksums';
import { DAMAGED_TIER_OFFSET, type ChunkTable } from './chunk-table';
import { isIntact, type Block } from './codec/block';
import { seriesOf } from './fields';
import { mergeBlocks, pickRows } from './merge-blocks';
import { NEIGHBOUR_CHUNKS } from './merger';
import { priorReadings } from './prior-readings';
import type { Loss } from './recovery/report';
import type { Floors } from './retention';
import { foldRollups, rollUp } from './rollup';
import { blocksInOrder, chunkSource, readSource, type Damaged, type OnDamage } from './sources';
import { damageError } from './sqlite-errors';
import {
  floorTo,
  HOUR,
  HOUR_MS,
  LOOKBACK_MS,
  MINUTE,
  MINUTE_MS,
  RAW,
  TIER_STEP_MS,
  type Tier,
} from '../store-contract/tiers';

export interface MendContext {
  db: DatabaseSync;
  catalog: Catalog;
  chunks: ChunkTable;
  floors: Floors;
  onDamage: OnDamage;
}

interface Span {
  from: number;
  to: number;
}

interface DamagedChunk extends ChunkPlace {
  id: number;
  samples: number;
}

/**
 * Deals with a block that cannot be read, within a transaction. Samples are lost: the block is kept where no query
 * reads it. Roll-ups are computed again from what they were made of; those for which that is gone become unknown, and
 * with them older versions of them in other chunks, which would be wrong. Returns what is lost, if anything is. Throws
 * an error of damage when it is not the block that is damaged but the file around it.
 */
export function mend(context: MendContext, { table, id }: Damaged): Loss | null {
  return table === 'chunks' ? mendChunk(context, id) : loseRecord(context, id);
}

function mendChunk(context: MendContext, id: number): Loss | null {
  const { db, catalog } = context;
  const row = db
    .prepare('SELECT device, tier, from_t, to_t, samples, block FROM chunks NOT INDEXED WHERE id = ?')
    .get(id);
  if (!row) {
    const listed = db.prepare('SELECT 1 FROM chunks INDEXED BY chunks_by_time WHERE id = ?').get(id);
    if (listed) throw damageError(`the list of chunks names chunk ${id}, which is not there`);
    // It was dealt with already.
    return null;
  }
  const chunk: DamagedChunk = {
    id,
    device: Number(row['device']),
    tier: Number(row['tier']),
    from: Number(row['from_t']),
    to: Number(row['to_t']),
    samples: Number(row['samples']),
  };
  if (chunk.tier >= DAMAGED_TIER_OFFSET) return null;
  const block = row['block'] instanceof Uint8Array ? row['block'] : new Uint8Array();
  if (isIntact(block, chunkPlace(chunk)) || isListedElsewhere(db, chunk, block)) {
    throw damageError(`the list of chunks and chunk ${id} disagree`);
  }
  const name = catalog.byId(chunk.device)?.name ?? `device ${chunk.device}`;
  const { from, to, samples } = chunk;
  if (chunk.tier === RAW) {
    setAside(db, id, chunk);
    return { device: name, tier: 'raw', from, to, samples };
  }
  const unknown = chunk.tier === MINUTE ? rebuildMinutes(context, chunk) : rebuildHours(context, chunk);
  const tierName = chunk.tier === MINUTE ? 'minute' : 'hour';
  return unknown && { device: name, tier: tierName, ...unknown, samples: null };
}

/** Whether it is the chunk's row that is damaged: by what the index says of it, its block is whole. */
function isListedElsewhere(db: DatabaseSync, { id }: DamagedChunk, block: Uint8Array): boolean {
  const listed = db
    .prepare('SELECT device, tier, from_t, to_t FROM chunks INDEXED BY chunks_by_time WHERE id = ?')
    .all(id);
  return listed.some(({ device, tier, from_t: from, to_t: to }) =>
    isIntact(
      block,
      chunkPlace({ device: Number(device), tier: Number(tier), from: Number(from), to: Number(to) }),
    ),
  );
}

/** Unsealed rows whose block is damaged go where damaged chunks are kept. */
function loseRecord({ db, catalog }: MendContext, id: number): Loss | null {
  const row = db.prepare('SELECT * FROM journal WHERE id = ?').get(id);
  if (!row) return null;
  const [device, from, to] = [Number(row['device']), Number(row['from_t']), Number(row['to_t'])];
  const [rows, columns, samples] = [Number(row['rows']), Number(row['columns']), Number(row['samples'])];
  const block = row['block'] instanceof Uint8Array ? row['block'] : new Uint8Array();
  db.prepare(
    `INSERT INTO chunks (device, tier, from_t, to_t, rows, cells, samples, bytes, block)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(device, RAW + DAMAGED_TIER_OFFSET, from, to, rows, rows * columns, samples, block.length, block);
  db.prepare('DELETE FROM journal WHERE id = ?').run(id);
  return { device: catalog.byId(device)?.name ?? `device ${device}`, tier: 'journal', from, to, samples };
}

/** Returns the stretch of those that cannot be known again; null when there are none. */
function rebuildMinutes(context: MendContext, chunk: DamagedChunk): Span | null {
  const { chunks, catalog, floors, onDamage } = context;
  const [start, end] = stepsOf(chunk, MINUTE_MS);
  const lost = chunks.lost(chunk.device, RAW, start, end);
  const isKnown = (minute: number): boolean =>
    minute > floors.get(RAW, chunk.device) &&
    !lost.some(({ from, to }) => from < minute + MINUTE_MS && to >= minute);
  const sources = chunks.inRange(chunk.device, RAW, start, end).map((info) => chunkSource(info, chunks));
  const raw = [...blocksInOrder(sources, null, start, end, onDamage)];
  const counters = new Set(
    raw
      .flatMap(({ columns }) => columns.map(({ id }) => seriesOf(id)))
      .filter((id) => catalog.kindOf(id) === 'counter'),
  );
  const before = chunks
    .before(chunk.device, RAW, start, start - LOOKBACK_MS, NEIGHBOUR_CHUNKS)
    .map((info) => chunkSource(info, chunks));
  const readings = priorReadings(before, [...counters], start, onDamage);
  const rolled = raw.length > 0 ? rollUp(mergeBlocks(raw), MINUTE_MS, catalog.kindOf, readings) : null;
  return replaceRollups(context, chunk, MINUTE, rolled, isKnown);
}

function rebuildHours(context: MendContext, chunk: DamagedChunk): Span | null {
  const { chunks, floors, onDamage } = context;
  const [start, end] = stepsOf(chunk, HOUR_MS);
  const lost = chunks.lost(chunk.device, MINUTE, start, end);
  const isKnown = (hour: number): boolean =>
    hour > floors.get(MINUTE, chunk.device) &&
    !lost.some(({ from, to }) => from < hour + HOUR_MS && to >= hour);
  const sources = chunks.inRange(chunk.device, MINUTE, start, end).map((info) => chunkSource(info, chunks));
  const minutes = [...blocksInOrder(sources, null, start, end, onDamage)];
  const rolled = minutes.length > 0 ? foldRollups(minutes, HOUR_MS) : null;
  return replaceRollups(context, chunk, HOUR, rolled, isKnown);
}

/**
 * Puts rebuilt roll-ups in the place of a damaged chunk and of what older chunks say of the same steps. Newer chunks
 * were computed later, from all that was known then.
 */
function replaceRollups(
  { db, chunks }: MendContext,
  chunk: DamagedChunk,
  tier: Tier,
  rebuilt: Block | null,
  isKnown: (step: number) => boolean,
): Span | null {
  const stepMs = TIER_STEP_MS[tier];
  const [start, end] = stepsOf(chunk, stepMs);
  const blocks: { id: number; block: Block }[] = [];
  const damaged: DamagedChunk[] = [];
  const whole: { id: number; block: Block }[] = [];
  for (const info of chunks.inRange(chunk.device, tier, start, end)) {
    // Others that are damaged are dealt with by themselves.
    const block = readSource(chunkSource(info, chunks), null, () => {});
    if (block) whole.push({ id: info.id, block });
    else damaged.push(info);
  }
  for (const { id, block } of whole) {
    const isSuperseded = (time: number): boolean =>
      damaged.some((one) => {
        const [from, to] = stepsOf(one, stepMs);
        return id < one.id && time >= from && time < to;
      });
    chunks.delete(id);
    const kept = pickRows(block, (time) => !isSuperseded(time));
    if (kept.t.length > 0) blocks.push({ id, block: kept });
  }
  if (rebuilt) {
    const block = pickRows(rebuilt, isKnown);
    if (block.t.length > 0) blocks.push({ id: chunk.id, block });
  }
  blocks.sort((a, b) => a.id - b.id);
  if (blocks.length > 0) chunks.write(chunk.device, tier, mergeBlocks(blocks.map(({ block }) => block)));
  const unknown: number[] = [];
  for (let step = start; step < end; step += stepMs) if (!isKnown(step)) unknown.push(step);
  const [first] = unknown;
  const last = unknown.at(-1);
  if (first === undefined || last === undefined) {
    chunks.delete(chunk.id);
    return null;
  }
  const span = { from: first, to: last + stepMs - 1 };
  setAside(db, chunk.id, span);
  return span;
}

/** Keeps a damaged chunk where no query reads it, as a note of what is lost. */
function setAside(db: DatabaseSync, id: number, { from, to }: Span): void {
  db.prepare('UPDATE chunks SET tier = tier + ?, from_t = ?, to_t = ? WHERE id = ?').run(
    DAMAGED_TIER_OFFSET,
    from,
    to,
    id,
  );
}

function stepsOf({ from, to }: Span, stepMs: number): [start: number, end: number] {
  return [floorTo(from, stepMs), floorTo(to, stepMs) + stepMs];
}
