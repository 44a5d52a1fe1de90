import type { ChunkTable } from './chunk-table';
import { HOUR, MINUTE, RAW, TIER_STEP_MS, type Tier } from '../store-contract/tiers';

/**
 * The most samples that a query may read, for all its series together, to be exact where sums are not: some ten ms of
 * work.
 */
const EXACT_AT_MOST = 600_000;
/** The cost of opening a chunk, in samples. */
const CHUNK_COST = 4_000;

export interface Steps {
  from: number;
  to: number;
  /** The width of one step, ms. */
  width: number;
}

interface Group {
  device: { id: number; journal: readonly { rows: number }[] };
  series: readonly unknown[];
}

/**
 * Chooses the tier for a query over equal steps. Roll-ups are exact if the steps start and end with theirs. Other
 * steps are read from a finer tier as long as that is little work: a step of two minutes that includes half a minute
 * from outside at either end would be a wrong answer.
 */
export function chooseTier(chunks: ChunkTable, groups: readonly Group[], steps: Steps): Tier {
  const coarsest = [HOUR, MINUTE].find((tier) => steps.width >= TIER_STEP_MS[tier as Tier]) ?? RAW;
  const exact = ([HOUR, MINUTE, RAW] as const).find((tier) => tier <= coarsest && fits(tier, steps)) ?? RAW;
  for (let tier = exact; tier < coarsest; tier++) {
    if (costOf(chunks, groups, tier as Tier, steps) <= EXACT_AT_MOST) return tier as Tier;
  }
  return coarsest as Tier;
}

function fits(tier: Tier, { from, width }: Steps): boolean {
  const step = TIER_STEP_MS[tier];
  return step === 0 || (from % step === 0 && width % step === 0);
}

function costOf(chunks: ChunkTable, groups: readonly Group[], tier: Tier, { from, to }: Steps): number {
  let cost = 0;
  for (const { device, series } of groups) {
    for (const { rows } of chunks.inRange(device.id, tier, from, to))
      cost += rows * series.length + CHUNK_COST;
    for (const { rows } of device.journal) cost += rows * series.length;
    if (cost > EXACT_AT_MOST) break;
  }
  return cost;
}
