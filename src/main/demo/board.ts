import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import { partOf, type Part } from './part';
import { seedOf } from './random';
import { clamp, daylight, jitter, noise, round, wave, isDuring, type Signal } from './signals';

/** The kinds of measurement of a board. The names are typical of boards: short, with dots for nesting. */
export type Measurement =
  | { what: 'temperature'; name?: string; mean: number; swing: number; sun?: number }
  | { what: 'humidity'; name?: string; mean: number; swing: number }
  | { what: 'pressure' }
  | { what: 'co2'; mean: number }
  | { what: 'light'; peak: number }
  | { what: 'moisture'; mean: number }
  | { what: 'power'; name: string; mean: number; swing: number; sun?: boolean; duty?: Duty }
  | { what: 'battery'; level: number }
  | { what: 'rssi'; mean: number }
  | { what: 'heap'; mean: number }
  | { what: 'rpm'; mean: number; duty: Duty }
  | { what: 'switch'; name: string; onS: number; everyS: number }
  | {
      what: 'level';
      name: string;
      unit: string;
      mean: number;
      swing: number;
      decimals?: number;
      duty?: Duty;
    };

/** When a machine runs. Measurements with the same duty on one board run at the same time. */
export interface Duty {
  onS: number;
  everyS: number;
}

/** The share of a measurement that remains while the machine stands still. */
const STANDSTILL = 0.08;

export function boardPart(seed: number, measurements: readonly Measurement[], startedAtS: number): Part {
  const runs = (duty: Duty | undefined): Signal => {
    if (!duty) return () => 1;
    const startS = seed % duty.everyS;
    return (t) => (isDuring(t, duty.everyS, startS, duty.onS) ? 1 : STANDSTILL);
  };
  return partOf(
    measurements.map((one, i) => measure(seedOf(seed, `${one.what}${i}`), one, startedAtS, runs)),
  );
}

function measure(
  seed: number,
  one: Measurement,
  startedAtS: number,
  runs: (duty: Duty | undefined) => Signal,
): readonly [SeriesDeclaration, Signal] {
  const slow = noise(seed, 600);
  const middle = noise(seed + 1, 75);
  const fast = jitter(seed + 2, 1);
  const sun = daylight((seed % 3) - 1);
  const gauge = (name: string, unit: string, bounds: { min?: number; max?: number } = {}) =>
    ({ name, unit, kind: 'gauge', ...bounds }) satisfies SeriesDeclaration;
  const wander = (mean: number, swing: number, decimals: number, extra: Signal = () => 0): Signal => {
    return (t) =>
      round(mean + swing * (0.6 * slow(t) + 0.3 * middle(t) + 0.04 * fast(t)) + extra(t), decimals);
  };
  switch (one.what) {
    case 'temperature':
      return [
        gauge(one.name ?? 'temp', 'Cel'),
        wander(one.mean, one.swing, 2, (t) => (one.sun ?? 0) * sun(t)),
      ];
    case 'humidity': {
      const signal = wander(one.mean, one.swing, 1);
      return [gauge(one.name ?? 'hum', '%', { min: 0, max: 100 }), (t) => clamp(signal(t), 2, 99)];
    }
    case 'pressure':
      return [gauge('pressure', 'hPa'), wander(1_013 + (seed % 9), 2.5, 1, wave(43_200, (seed % 10) / 10))];
    case 'co2': {
      const signal = wander(one.mean, one.mean * 0.35, 0);
      return [gauge('co2', '[ppm]'), (t) => Math.max(405, signal(t))];
    }
    case 'light': {
      const clouds: Signal = (t) => 0.7 + 0.3 * middle(t);
      return [
        gauge('lux', 'lx', { min: 0 }),
        (t) => Math.round(3 + one.peak * sun(t) * clouds(t) + 2 * fast(t)),
      ];
    }
    case 'moisture':
      // Dries for hours until it is watered.
      return [
        gauge('soil.moisture', '%', { min: 0, max: 100 }),
        (t) =>
          round(clamp(one.mean + 14 - 28 * ((t / 21_600 + (seed % 5) / 5) % 1) + 0.3 * fast(t), 0, 100), 1),
      ];
    case 'power': {
      const signal = wander(one.mean, one.swing, 1);
      const share = one.sun ? sun : runs(one.duty);
      return [gauge(one.name, 'W', { min: 0 }), (t) => round(Math.max(0, signal(t) * share(t)), 1)];
    }
    case 'battery':
      return [
        gauge('battery', '%', { min: 0, max: 100 }),
        (t) => round(clamp(one.level - (t - startedAtS) / 9_000 + 0.2 * slow(t), 0, 100), 1),
      ];
    case 'rssi':
      return [gauge('rssi', 'dBm'), (t) => Math.round(one.mean + 4 * middle(t) + 2 * fast(t))];
    case 'heap':
      return [
        gauge('heap', 'By', { min: 0 }),
        (t) => Math.round((one.mean * (1 + 0.05 * middle(t) + 0.02 * fast(t))) / 16) * 16,
      ];
    case 'rpm': {
      const running = runs(one.duty);
      return [
        gauge('spindle.rpm', 'rpm', { min: 0 }),
        (t) => (running(t) === 1 ? Math.round(one.mean * (1 + 0.015 * fast(t))) : 0),
      ];
    }
    case 'switch':
      return [
        gauge(one.name, '', { min: 0, max: 1 }),
        (t) => (isDuring(t, one.everyS, seed % one.everyS, one.onS) ? 1 : 0),
      ];
    case 'level': {
      const decimals = one.decimals ?? 1;
      const signal = wander(one.mean, one.swing, decimals);
      const share = runs(one.duty);
      return [gauge(one.name, one.unit), (t) => round(signal(t) * share(t), decimals)];
    }
  }
}
