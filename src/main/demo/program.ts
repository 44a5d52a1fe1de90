import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import { counter, playFrom, steady, sum } from './flow';
import { partOf, type Part } from './part';
import { seedOf } from './random';
import { clamp, noise, round } from './signals';
import type { Track } from './track';

export interface ProgramCharacter {
  /** The thing it counts: `http.requests`, `jobs`, `mails`. */
  counts: string;
  unit: string;
  perSec: number;
  latencyMs: number;
  queue: number;
  workers: number;
  memoryMb: number;
  errorShare: number;
}

/** Makes the series that a service or script reports about itself: throughput, latency, queue and failures. */
export function programPart(
  bursts: Track,
  seed: number,
  { counts, unit, perSec, latencyMs, queue, workers, memoryMb, errorShare }: ProgramCharacter,
  startedAtS: number,
): Part {
  const startS = startedAtS - 3_600 * (3 + (seed % 90));
  const offsetS = seedOf(seed, 'traffic') % 3_600;
  const traffic = sum(steady(perSec * 0.4), playFrom(bursts, offsetS, perSec * 0.6));
  const slow = noise(seedOf(seed, 'slow'), 200);
  const fast = noise(seedOf(seed, 'fast'), 4);
  // The queue grows with the current traffic.
  const pressure = (t: number): number => traffic.at(t) / perSec;
  const latency = (t: number): number => latencyMs * (0.7 + 0.35 * pressure(t) + 0.12 * fast(t));
  const gauge = (name: string, of: string, bounds: { min?: number; max?: number } = { min: 0 }) =>
    ({ name, unit: of, kind: 'gauge', ...bounds }) satisfies SeriesDeclaration;
  const tail = (quantile: string, factor: number) =>
    [
      { ...gauge(`${counts}.duration`, 'ms'), labels: { quantile } } satisfies SeriesDeclaration,
      (t: number) => round(latency(t) * factor * (1 + 0.2 * Math.max(0, slow(t))), 2),
    ] as const;
  return partOf([
    [{ name: `${counts}.count`, unit, kind: 'counter' }, counter(traffic, startS)],
    [
      { name: `${counts}.errors`, unit, kind: 'counter' },
      counter(playFrom(bursts, offsetS, perSec * errorShare), startS),
    ],
    tail('0.5', 1),
    tail('0.99', 4.2),
    [
      gauge('queue.length', '{item}'),
      (t) => Math.max(0, Math.round(queue * pressure(t) ** 1.6 + 2 * fast(t))),
    ],
    [
      gauge('workers.busy', '{worker}', { min: 0, max: workers }),
      (t) => Math.round(clamp(workers * 0.45 * pressure(t), 0, workers)),
    ],
    [
      gauge('process.memory.usage', 'By'),
      (t) => Math.round((memoryMb * 1_048_576 * (1 + 0.08 * slow(t) + 0.01 * fast(t))) / 4_096) * 4_096,
    ],
    [
      gauge('process.cpu.utilization', '1', { min: 0, max: 1 }),
      (t) => round(clamp(0.12 * pressure(t) + 0.02 * fast(t), 0.002, 1), 4),
    ],
  ]);
}
