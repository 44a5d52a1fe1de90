import {
  floorTo,
  HOUR,
  HOUR_MS,
  MINUTE,
  MINUTE_MS,
  RAW,
  TIER_STEP_MS,
  type Tier,
} from '../store-contract/tiers';

/** A part `[from, to)` of a query's range, and the tier that answers it. */
export interface Segment {
  tier: Tier;
  from: number;
  to: number;
}

export interface Coverage {
  /** Periods `[from, to]` with rows that are not sealed yet. */
  unsealed: readonly { from: number; to: number }[];
  dirtyHours: ReadonlySet<number>;
  /** The time up to which a tier's chunks were deleted. */
  floor: (tier: Tier) => number;
}

/**
 * Divides a range by tier: the wanted tier where its roll-ups are complete, a finer one where they are not yet, and a
 * coarser one where the finer data is already deleted. The parts are in time order and do not overlap.
 */
export function segmentsOf(from: number, to: number, wanted: Tier, coverage: Coverage): Segment[] {
  if (!(from < to)) return [];
  if (wanted === RAW) {
    const floor = coverage.floor(RAW);
    if (floor < from) return [{ tier: RAW, from, to }];
    const edge = Math.min(to, floorTo(floor, MINUTE_MS) + MINUTE_MS);
    return [...segmentsOf(from, edge, MINUTE, coverage), ...segmentsOf(edge, to, RAW, coverage)];
  }
  if (wanted === MINUTE) {
    const floor = coverage.floor(MINUTE);
    if (floor >= from) {
      const edge = Math.min(to, floorTo(floor, HOUR_MS) + HOUR_MS);
      return [{ tier: HOUR, from, to: edge }, ...segmentsOf(edge, to, MINUTE, coverage)];
    }
    const notBefore = coverage.floor(RAW);
    const parts = withEdges(from, to, MINUTE, notBefore);
    if (parts) return parts.flatMap((part) => segmentsOf(part.from, part.to, part.tier, coverage));
    const holes = coverage.unsealed
      .map((part) => ({ from: floorTo(part.from, MINUTE_MS), to: floorTo(part.to, MINUTE_MS) + MINUTE_MS }))
      .filter((hole) => hole.from > notBefore);
    return withHoles(from, to, holes, MINUTE, (start, end) => [{ tier: RAW, from: start, to: end }]);
  }
  const parts = withEdges(from, to, HOUR, coverage.floor(MINUTE));
  if (parts) return parts.flatMap((part) => segmentsOf(part.from, part.to, part.tier, coverage));
  const holes = Array.from(coverage.dirtyHours, (hour) => ({ from: hour, to: hour + HOUR_MS }));
  for (const part of coverage.unsealed) {
    holes.push({ from: floorTo(part.from, HOUR_MS), to: floorTo(part.to, HOUR_MS) + HOUR_MS });
  }
  const known = holes.filter((hole) => hole.from > coverage.floor(MINUTE));
  return withHoles(from, to, known, HOUR, (start, end) => segmentsOf(start, end, MINUTE, coverage));
}

/**
 * Splits a range whose ends are within steps of a tier into the part that the tier has completely and the ends for a
 * finer one; null when there is nothing to split. Data that the finer tier has deleted (up to `forgotten`) stays in
 * one piece.
 */
function withEdges(
  from: number,
  to: number,
  tier: typeof MINUTE | typeof HOUR,
  forgotten: number,
): Segment[] | null {
  const step = TIER_STEP_MS[tier];
  const finer = tier === HOUR ? MINUTE : RAW;
  const first = from > forgotten ? -floorTo(-from, step) : from;
  const last = floorTo(to, step) > forgotten ? floorTo(to, step) : to;
  if (first === from && last === to) return null;
  if (first >= last) return from > forgotten ? [{ tier: finer, from, to }] : null;
  return [
    { tier: finer, from, to: first },
    { tier, from: first, to: last },
    { tier: finer, from: last, to },
  ];
}

function withHoles(
  from: number,
  to: number,
  holes: { from: number; to: number }[],
  tier: Tier,
  fill: (from: number, to: number) => Segment[],
): Segment[] {
  const segments: Segment[] = [];
  let at = from;
  holes.sort((a, b) => a.from - b.from);
  for (let i = 0; i < holes.length; i++) {
    const hole = holes[i];
    if (!hole || hole.to <= at) continue;
    if (hole.from >= to) break;
    const start = Math.max(at, hole.from);
    let end = hole.to;
    for (let next = holes[i + 1]; next && next.from <= end; next = holes[i + 1]) {
      end = Math.max(end, next.to);
      i++;
    }
    end = Math.min(end, to);
    if (start > at) segments.push({ tier, from: at, to: start });
    segments.push(...fill(start, end));
    at = end;
  }
  if (at < to) segments.push({ tier, from: at, to });
  return segments;
}
