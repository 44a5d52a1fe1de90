import type { Signal } from './signals';
import { hash01 } from './random';
import { createTrack, type Track } from './track';

/** A track from an own place in it, `scale` times as strong. */
export function playFrom(track: Track, offsetS: number, scale: number): Track {
  return {
    at: (seconds) => scale * track.at(seconds + offsetS),
    total: (seconds) => scale * track.total(seconds + offsetS),
  };
}

/** Something that happens at about the same rate all the time. */
export function steady(rate: number): Track {
  return { at: () => rate, total: (seconds) => rate * seconds };
}

export function sum(...tracks: readonly Track[]): Track {
  return {
    at: (seconds) => tracks.reduce((total, track) => total + track.at(seconds), 0),
    total: (seconds) => tracks.reduce((total, track) => total + track.total(seconds), 0),
  };
}

/** A counter that began at `bootS` and counts whole things. */
export function counter(track: Track, bootS: number): Signal {
  const start = track.total(bootS);
  return (seconds) => Math.max(0, Math.floor(track.total(seconds) - start));
}

/**
 * Activity of mean 1 that comes in bursts: mostly low, now and then high, as traffic is. What the recorded host,
 * an idle one, has too little of.
 */
export function createBursts(seed: number, seconds = 1_801): Track {
  const values = new Float64Array(seconds);
  let level = 0.3;
  let burst = 0;
  for (let i = 0; i < seconds; i++) {
    level += 0.08 * (0.35 - level) + 0.09 * (hash01(seed, 3 * i) - 0.5);
    if (hash01(seed, 3 * i + 1) < 0.02) burst = 1.5 + 4 * hash01(seed, 3 * i + 2) ** 2;
    burst *= 0.86;
    values[i] = Math.max(0.02, level + burst);
  }
  const mean = values.reduce((total, value) => total + value, 0) / seconds;
  return createTrack(values.map((value) => value / mean));
}
