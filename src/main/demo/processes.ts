import type { ProcessInfo } from '../../agent/processes/process-info';
import type { ComputerCharacter } from './computer';
import { createRandom, hash01, seedOf } from './random';
import { clamp, noise, round } from './signals';

/** The answer to `processes.list`, as the real agent gives it. */
interface ProcessAnswer {
  at: number;
  cpuCount: number;
  total: number;
  processes: ProcessInfo[];
}

export interface ProcessList {
  list(now: number, sort: unknown): ProcessAnswer;
}

type Program = readonly [name: string, user: string, weight: number, memoryMb: number];

const LINUX: readonly Program[] = [
  ['systemd', 'root', 0.002, 14],
  ['systemd-journald', 'root', 0.004, 38],
  ['sshd', 'root', 0.001, 9],
  ['node', 'www', 0.3, 210],
  ['postgres', 'postgres', 0.22, 380],
  ['nginx', 'www-data', 0.08, 26],
  ['dockerd', 'root', 0.05, 96],
  ['containerd', 'root', 0.03, 61],
  ['python3', 'app', 0.18, 140],
  ['redis-server', 'redis', 0.04, 48],
  ['kworker/u8:2', 'root', 0.03, 0],
  ['smbd', 'root', 0.05, 33],
  ['wirewatch agent', 'wirewatch', 0.01, 58],
  ['cron', 'root', 0.0004, 3],
  ['chronyd', '_chrony', 0.0006, 4],
  ['rsync', 'backup', 0.11, 19],
];
const WINDOWS: readonly Program[] = [
  ['System', 'SYSTEM', 0.03, 1],
  ['explorer.exe', 'anna', 0.04, 182],
  ['msedge.exe', 'anna', 0.31, 640],
  ['OUTLOOK.EXE', 'anna', 0.09, 410],
  ['Teams.exe', 'anna', 0.16, 520],
  ['MsMpEng.exe', 'SYSTEM', 0.12, 230],
  ['svchost.exe', 'SYSTEM', 0.05, 74],
  ['dwm.exe', 'DWM-1', 0.08, 130],
  ['SearchIndexer.exe', 'SYSTEM', 0.03, 88],
  ['wirewatch agent', 'anna', 0.01, 61],
];
const MACOS: readonly Program[] = [
  ['kernel_task', 'root', 0.09, 1_400],
  ['WindowServer', '_windowserver', 0.24, 780],
  ['Safari', 'anna', 0.2, 610],
  ['com.apple.WebKit.WebContent', 'anna', 0.31, 430],
  ['Mail', 'anna', 0.05, 260],
  ['mds_stores', 'root', 0.06, 190],
  ['Finder', 'anna', 0.02, 150],
  ['coreaudiod', '_coreaudiod', 0.03, 28],
  ['wirewatch agent', 'anna', 0.01, 57],
];

/** Creates the process list of a computer; the busiest processes use as much as its cores do. */
export function createProcessList(seed: number, os: string, character: ComputerCharacter): ProcessList {
  const programs = os.startsWith('Windows') ? WINDOWS : os.startsWith('macOS') ? MACOS : LINUX;
  const random = createRandom(seedOf(seed, 'pids'));
  const memoryScale = Math.min(2.5, character.memoryGb / 16 + 0.2);
  const rows = programs.map(([name, user, weight, memoryMb], i) => ({
    pid: i === 0 ? 1 : random.whole(300, 60_000),
    name,
    user,
    weight: weight * random.between(0.4, 1.8),
    memory: memoryMb * 1_048_576 * memoryScale,
    mood: noise(seedOf(seed, name), 30 + i * 4),
  }));
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  return {
    list(now, sort) {
      const seconds = now / 1_000;
      const busy = character.base + 0.03 * character.gain;
      const processes = rows.map(({ pid, name, user, weight, memory, mood }, i): ProcessInfo => {
        const flicker = 0.3 * hash01(seed + i, Math.floor(seconds));
        const cpu = ((busy * weight) / total) * (1 + 0.8 * mood(seconds) + flicker);
        return {
          pid,
          name,
          user,
          cpu: round(clamp(cpu, 0, 1), 4),
          rssBytes: Math.round((memory * (1 + 0.04 * mood(seconds / 5))) / 4_096) * 4_096,
          command: name,
        };
      });
      const by = ({ cpu, rssBytes }: ProcessInfo): number => (sort === 'memory' ? rssBytes : (cpu ?? 0));
      processes.sort((a, b) => by(b) - by(a));
      return { at: now, cpuCount: character.cores, total: character.processes, processes };
    },
  };
}
