import type { Block, BlockEncoder } from './codec/block';
import { encodeChunks, type ChunkInfo, type ChunkTable, type EncodedChunk } from './chunk-table';
import type { Pausing } from './pauses';
import { cutBlock } from './row-blocks';
import { mergeBlocks } from './merge-blocks';
import { chunkSource, readSource, type OnDamage } from './sources';
import { floorTo, MAX_CHUNK_CELLS, WINDOW_MS, type Tier } from '../store-contract/tiers';

/** Chunks of a window that is still being written are merged only when there are this many. */
export const MERGE_AT_CHUNKS = 8;
/**
 * How many chunks to search for the previous or next time, ordered by their start. A window has fewer than
 * `MERGE_AT_CHUNKS` that may all overlap; to find the first or last time in any of them, all must be searched.
 */
export const NEIGHBOUR_CHUNKS = 2 * MERGE_AT_CHUNKS;

export interface MergeGroup {
  chunks: ChunkInfo[];
}

/**
 * Which chunks of one window to merge: neighbours in time that together are no larger than a chunk may be.
 * Overlapping chunks stay together, so that it remains known which of two samples is the later one.
 */
export function groupsToMerge(
  chunks: ChunkTable,
  device: number,
  tier: Tier,
  time: number,
  atLeast: number,
): MergeGroup[] {
  const start = floorTo(time, WINDOW_MS[tier]);
  const infos = chunks.inRange(device, tier, start, start + WINDOW_MS[tier]);
  if (infos.length < atLeast) return [];
  const groups: MergeGroup[] = [];
  let group: ChunkInfo[] = [];
  let cells = 0;
  for (const cluster of overlapping(infos)) {
    const size = cluster.reduce((sum, one) => sum + one.cells, 0);
    if (group.length > 0 && cells + size > MAX_CHUNK_CELLS) {
      groups.push({ chunks: group });
      group = [];
      cells = 0;
    }
    if (size > 4 * MAX_CHUNK_CELLS) continue;
    group.push(...cluster);
    cells += size;
  }
  groups.push({ chunks: group });
  return groups.filter(({ chunks: members }) => members.length > 1);
}

/** A merge whose union is encoded. */
export interface Merge {
  replaced: number[];
  union: EncodedChunk[];
}

/** Encodes the union of a group's chunks; null when there is nothing to gain. Damaged chunks stay as they are. Pauses. */
export function* planMerge(
  encoder: BlockEncoder,
  chunks: ChunkTable,
  device: number,
  tier: Tier,
  group: MergeGroup,
  onDamage: OnDamage,
): Pausing<Merge | null> {
  const blocks: Block[] = [];
  const replaced: number[] = [];
  for (const info of [...group.chunks].sort((a, b) => a.id - b.id)) {
    const block = readSource(chunkSource(info, chunks), null, onDamage);
    yield;
    if (!block) continue;
    blocks.push(block);
    replaced.push(info.id);
  }
  if (replaced.length < 2) return null;
  const merged = mergeBlocks(blocks);
  yield;
  // A merge that ends with as many chunks as before would be tried again forever.
  if (cutBlock(merged, WINDOW_MS[tier]).length >= replaced.length) return null;
  return { replaced, union: yield* encodeChunks(encoder, device, tier, merged) };
}

/** Call within a transaction. */
export function applyMerge(chunks: ChunkTable, { replaced, union }: Merge): void {
  for (const id of replaced) chunks.delete(id);
  chunks.insert(union);
}

function overlapping(infos: readonly ChunkInfo[]): ChunkInfo[][] {
  const clusters: ChunkInfo[][] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const info of infos) {
    const current = clusters.at(-1);
    if (current && info.from <= reach) current.push(info);
    else clusters.push([info]);
    reach = Math.max(reach, info.to);
  }
  return clusters;
}
