import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';

export interface Damage {
  kind: 'byte' | '16 bytes' | '4096 bytes' | 'cut tail' | 'zeroed page';
  /** The part of the file that is no longer what it was. */
  from: number;
  to: number;
}

export const DAMAGE_KINDS: readonly Damage['kind'][] = [
  'byte',
  '16 bytes',
  '4096 bytes',
  'cut tail',
  'zeroed page',
];

export type Random = () => number;

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Damages a file that is not empty, and says where. */
export function damageFile(path: string, kind: Damage['kind'], random: Random): Damage {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  try {
    if (kind === 'cut tail') {
      const bytes = 1 + Math.floor(random() * Math.min(size, 16_384));
      ftruncateSync(file, size - bytes);
      return { kind, from: size - bytes, to: size };
    }
    const isPage = kind === 'zeroed page';
    const wanted = kind === 'byte' ? 1 : kind === '16 bytes' ? 16 : 4_096;
    const from = isPage
      ? Math.floor(random() * Math.ceil(size / 4_096)) * 4_096
      : Math.floor(random() * Math.max(1, size - wanted));
    const length = Math.min(wanted, size - from);
    const noise = Buffer.alloc(length);
    if (!isPage) for (let i = 0; i < length; i++) noise[i] = 1 + Math.floor(random() * 255);
    writeSync(file, noise, 0, length, from);
    return { kind, from, to: from + length };
  } finally {
    closeSync(file);
  }
}
