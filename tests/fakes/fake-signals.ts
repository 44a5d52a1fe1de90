/** Returns a number in [0, 1) that depends only on the arguments. */
export function noise(seed: number, step: number): number {
  let x = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(step | 0, 0xc2b2ae35);
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d);
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39);
  return ((x ^ (x >>> 15)) >>> 0) / 4_294_967_296;
}

export interface Signal {
  seed: number;
  base: number;
  /** How far the value moves from the base. */
  swing: number;
  /** The length of one slow wave, s. */
  periodS: number;
  /** 0 for a smooth line, 1 for a very rough one. */
  roughness: number;
  /** The height of an occasional peak. */
  peak?: number;
  min?: number;
  max?: number;
}

/** Returns noise that changes smoothly from one step to the next. */
function walk(seed: number, at: number): number {
  const step = Math.floor(at);
  const between = (at - step) ** 2 * (3 - 2 * (at - step));
  return noise(seed, step) * (1 - between) + noise(seed, step + 1) * between;
}

/** Returns the value of a signal at a time: slow waves, roughness and rare peaks, the same in every run. */
export function valueOf(signal: Signal, time: number): number {
  const s = time / 1_000;
  const { seed, swing, periodS, roughness } = signal;
  const phase = noise(seed, 1) * 7;
  const wave = Math.sin(s / periodS + phase) * 0.6 + Math.sin((s / periodS) * 2.7 + phase * 3) * 0.4;
  const rough = (walk(seed, s / 3) + walk(seed + 5, s / 11) * 1.4 - 1.2) * roughness;
  // There is more activity by day than at night, and no two days are the same.
  const day = Math.sin((s / 86_400) * 2 * Math.PI + noise(seed, 2)) + walk(seed + 6, s / 40_000) - 0.5;
  let value = signal.base + swing * (wave * (1 - roughness * 0.5) + rough + day * 1.4);
  const peakStep = Math.floor(s / 23);
  if (signal.peak !== undefined && noise(seed + 7, peakStep) > 0.6) {
    const at = (peakStep + noise(seed + 8, peakStep)) * 23;
    value += signal.peak * Math.max(0, 1 - Math.abs(s - at) / 1.6);
  }
  return Math.min(signal.max ?? Infinity, Math.max(signal.min ?? -Infinity, value));
}
