import type { Signal } from './signals';

/**
 * Values of a recording that can be played endlessly: forwards, then backwards, so that they never jump at its end.
 * Also available as a total that only grows.
 */
export interface Track {
  /** The value at a time, interpolated linearly between two recorded seconds. */
  at: Signal;
  /** The integral from the epoch to a time: a counter whose rate is {@link at}. */
  total: Signal;
}

export function createTrack(values: Float64Array): Track {
  const last = values.length - 1;
  const period = Math.max(1, 2 * last);
  const played = Float64Array.from({ length: period + 1 }, (_, i) => values[i <= last ? i : period - i] ?? 0);
  const sums = new Float64Array(period + 1);
  for (let i = 1; i <= period; i++) {
    sums[i] = (sums[i - 1] ?? 0) + ((played[i - 1] ?? 0) + (played[i] ?? 0)) / 2;
  }
  const sumOfPeriod = sums[period] ?? 0;

  function at(seconds: number): number {
    const position = seconds - Math.floor(seconds / period) * period;
    const whole = Math.floor(position);
    const from = played[whole] ?? 0;
    return from + ((played[whole + 1] ?? from) - from) * (position - whole);
  }

  return {
    at,
    total(seconds) {
      const rounds = Math.floor(seconds / period);
      const position = seconds - rounds * period;
      const whole = Math.floor(position);
      const part = position - whole;
      const from = played[whole] ?? 0;
      const to = played[whole + 1] ?? from;
      // The trapezoid up to `part` of this second.
      return rounds * sumOfPeriod + (sums[whole] ?? 0) + part * (from + ((to - from) * part) / 2);
    },
  };
}

/** The recorded host's activity, from which the demo's computers are made. */
export interface HostTracks {
  /** The share of time that each recorded core spent in each mode, 0 to 1. */
  cpu: Record<CpuMode, Track>[];
  /** 0 to 1. */
  memoryUsed: Track;
  memoryCached: Track;
  /** Bytes, packets and operations per second. */
  received: Track;
  sent: Track;
  packetsReceived: Track;
  packetsSent: Track;
  read: Track;
  written: Track;
  reads: Track;
  writes: Track;
  /** The share of time that the disk was busy, 0 to 1. */
  diskBusy: Track;
  load: [Track, Track, Track];
  contextSwitches: Track;
  running: Track;
}

export const CPU_MODES = ['user', 'system', 'iowait', 'nice', 'steal'] as const;
export type CpuMode = (typeof CPU_MODES)[number];
