import { hash01 } from './random';

/** A value as a function of the time in seconds since the epoch. */
export type Signal = (seconds: number) => number;

/** Makes smooth noise in [-1, 1] that wanders once in `periodS`. */
export function noise(seed: number, periodS: number): Signal {
  return (seconds) => {
    const x = seconds / periodS;
    const whole = Math.floor(x);
    const part = x - whole;
    const ease = part * part * (3 - 2 * part);
    const from = hash01(seed, whole);
    return 2 * (from + (hash01(seed, whole + 1) - from) * ease) - 1;
  };
}

/** Makes the jitter of a measurement in [-1, 1]: new at every step of `stepS`. */
export function jitter(seed: number, stepS: number): Signal {
  return (seconds) => 2 * hash01(seed, Math.floor(seconds / stepS)) - 1;
}

/** Makes a wave in [-1, 1]. */
export function wave(periodS: number, phase: number): Signal {
  return (seconds) => Math.sin(2 * Math.PI * (seconds / periodS + phase));
}

/** Makes a signal that is 0 from dusk to dawn and 1 at noon (UTC plus `shiftHours`). */
export function daylight(shiftHours: number): Signal {
  return (seconds) => {
    const hour = (seconds / 3_600 + shiftHours) % 24;
    return Math.max(0, Math.sin(((hour - 6) / 12) * Math.PI));
  };
}

/** Whether `seconds` is within `onS` of every `everyS` seconds, beginning at `startS` in each round. */
export function isDuring(seconds: number, everyS: number, startS: number, onS: number): boolean {
  const at = (((seconds - startS) % everyS) + everyS) % everyS;
  return at < onS;
}

export function clamp(value: number, low: number, high: number): number {
  return value < low ? low : value > high ? high : value;
}

/** Rounds to this many decimals, because real sensors send few digits. */
export function round(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
