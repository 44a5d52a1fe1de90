import { clamp, type Signal } from './signals';
import { createRandom } from './random';
import { createTrack, type Track } from './track';

/** Plays a track from an offset, `scale` times as strong. */
export function playFrom(track: Track, offsetS: number, scale: number): Track {
  return {
    at: (seconds) => scale * track.at(seconds + offsetS),
    total: (seconds) => scale * track.total(seconds + offsetS),
  };
}

/** Makes a track with a constant rate. */
export function steady(rate: number): Track {
  return { at: () => rate, total: (seconds) => rate * seconds };
}

export function sum(...tracks: readonly Track[]): Track {
  return {
    at: (seconds) => tracks.reduce((total, track) => total + track.at(seconds), 0),
    total: (seconds) => tracks.reduce((total, track) => total + track.total(seconds), 0),
  };
}

/** Makes a counter that started at `bootS` and counts whole units. */
export function counter(track: Track, bootS: number): Signal {
  const start = track.total(bootS);
  return (seconds) => Math.max(0, Math.floor(track.total(seconds) - start));
}

/**
 * Makes activity with a mean of 1 that comes in bursts: mostly low, sometimes high, like traffic. The recorded host was
 * idle and has too few of them.
 */
export function createBursts(seed: number, seconds = 1_801): Track {
  const random = createRandom(seed);
  const values = new Float64Array(seconds);
  let level = 0.3;
  let burst = 0;
  let burstLeftS = 0;
  for (let i = 0; i < seconds; i++) {
    level = clamp(level + 0.1 * (0.35 - level) + random.between(-0.05, 0.05), 0.08, 1);
    if (burstLeftS > 0) burstLeftS--;
    else if (random.next() < 0.018) {
      burstLeftS = random.whole(2, 24);
      burst = 0.8 + 4.5 * random.next() ** 2;
    }
    // Neither an idle line nor a busy one is constant from one second to the next.
    const busy = burstLeftS > 0 ? burst * random.between(0.55, 1.2) : 0;
    values[i] = level * random.between(0.6, 1.4) + busy;
  }
  const mean = values.reduce((total, value) => total + value, 0) / seconds;
  return createTrack(values.map((value) => value / mean));
}
