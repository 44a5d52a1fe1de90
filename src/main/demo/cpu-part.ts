import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import type { Part } from './part';
import { seedOf } from './random';
import { clamp, noise, round, type Signal } from './signals';
import type { CpuMode, HostTracks, Track } from './track';

export interface CpuCharacter {
  cores: number;
  /** The utilisation when the machine is idle, 0 to 1. */
  base: number;
  /** How much stronger its bursts are than on the recorded host. */
  gain: number;
}

const SHOWN_MODES = ['user', 'system', 'iowait', 'nice'] as const satisfies readonly CpuMode[];

interface Core {
  offsetS: number;
  base: Signal;
  gain: number;
}

/** Makes the series of total, modes and cores, which are consistent: the total is the mean of the cores. */
export function cpuPart(host: HostTracks, bursts: Track, seed: number, character: CpuCharacter): Part {
  const utilization = (labels: Record<string, string>): SeriesDeclaration => ({
    name: 'system.cpu.utilization',
    unit: '1',
    kind: 'gauge',
    min: 0,
    max: 1,
    ...(Object.keys(labels).length > 0 && { labels }),
  });
  const cores = Array.from({ length: character.cores }, (_, i): Core => {
    const own = seedOf(seed, `core${i}`);
    const slow = noise(own, 240);
    const fast = noise(own + 1, 7);
    return {
      offsetS: own % 2_400,
      base: (t) => character.base * (0.75 + 0.35 * slow(t) + 0.3 * fast(t)),
      gain: character.gain * (0.7 + 0.6 * ((own % 97) / 97)),
    };
  });
  const recorded = host.cpu[0];
  return {
    declarations: [
      utilization({}),
      ...SHOWN_MODES.map((mode) => utilization({ 'cpu.mode': mode })),
      ...cores.map((_, i) => utilization({ 'cpu.logical_number': String(i) })),
    ],
    fill(seconds, row, at) {
      let user = 0;
      let system = 0;
      let iowait = 0;
      let nice = 0;
      for (const [i, { offsetS, base, gain }] of cores.entries()) {
        const when = seconds + offsetS;
        const idle = Math.max(0, base(seconds));
        const burst = 0.02 * gain * bursts.at(when);
        const coreUser = idle * 0.72 + burst + gain * (recorded?.user.at(when) ?? 0);
        const coreSystem = idle * 0.28 + burst * 0.4 + gain * (recorded?.system.at(when) ?? 0);
        const coreNice = gain * (recorded?.nice.at(when) ?? 0);
        const busy = clamp(coreUser + coreSystem + coreNice, 0.001, 0.995);
        // Time beyond a full second is cut from all modes in proportion.
        const fit = busy / Math.max(1e-9, coreUser + coreSystem + coreNice);
        user += coreUser * fit;
        system += coreSystem * fit;
        nice += coreNice * fit;
        iowait += Math.min(1 - busy, 4 * gain * (recorded?.iowait.at(when) ?? 0) + 0.05 * burst);
        row[at + 1 + SHOWN_MODES.length + i] = round(busy, 4);
      }
      const n = cores.length;
      row[at] = round((user + system + nice) / n, 4);
      row[at + 1] = round(user / n, 4);
      row[at + 2] = round(system / n, 4);
      row[at + 3] = round(iowait / n, 4);
      row[at + 4] = round(nice / n, 4);
    },
  };
}
