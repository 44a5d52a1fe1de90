import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import { cpuPart, type CpuCharacter } from './cpu-part';
import { counter, playFrom, steady, sum } from './flow';
import { joinParts, partOf, type Part } from './part';
import { createRandom, seedOf } from './random';
import { clamp, jitter, noise, round, type Signal } from './signals';
import type { HostTracks, Track } from './track';

export interface ComputerCharacter extends CpuCharacter {
  memoryGb: number;
  /** The approximate share of memory in use. */
  memoryUsed: number;
  swapGb: number;
  /** Mean bytes received and sent per second, besides the recorded bursts. */
  traffic: [received: number, sent: number];
  interfaces: [string, ...string[]];
  /** Mean bytes read and written per second. */
  diskRate: [read: number, written: number];
  disks: [string, ...string[]];
  fileSystems: [mountpoint: string, sizeGb: number, used: number][];
  /** Sensors with their temperatures at rest and under full load. */
  sensors: [name: string, idle: number, busy: number][];
  fan?: boolean;
  battery?: boolean;
  processes: number;
  bootDaysAgo: number;
}

const GIB = 1024 ** 3;

type Labels = Record<string, string>;

function gauge(name: string, unit: string, labels?: Labels, bounds?: { min?: number; max?: number }) {
  return { name, unit, kind: 'gauge', ...(labels && { labels }), ...bounds } satisfies SeriesDeclaration;
}

function count(name: string, unit: string, labels: Labels) {
  return { name, unit, kind: 'counter', labels } satisfies SeriesDeclaration;
}

/** Makes the series that a computer's agent reports: the recorded host's, with their own offset and strength. */
export function computerPart(
  host: HostTracks,
  bursts: Track,
  seed: number,
  character: ComputerCharacter,
  startedAtS: number,
): Part {
  const bootS = startedAtS - character.bootDaysAgo * 86_400;
  return joinParts([
    cpuPart(host, bursts, seed, character),
    loadPart(host, seed, character),
    memoryPart(host, seed, character),
    ...character.interfaces.map((name, i) => networkPart(host, bursts, seed, character, name, i, bootS)),
    ...character.disks.map((name, i) => diskPart(host, bursts, seed, character, name, i, bootS)),
    fileSystemPart(seed, character, startedAtS),
    sensorPart(host, seed, character),
    partOf([
      [gauge('system.process.count', '{process}'), processCount(seed, character)],
      [gauge('system.uptime', 's'), (seconds) => Math.floor(seconds - bootS)],
    ]),
  ]);
}

function processCount(seed: number, { processes }: ComputerCharacter): Signal {
  const slow = noise(seedOf(seed, 'processes'), 120);
  return (seconds) => Math.round(processes * (1 + 0.03 * slow(seconds)));
}

/** Averages of the cores' activity over the periods of a load average. */
function loadPart(host: HostTracks, seed: number, { cores, base, gain }: CpuCharacter): Part {
  const offsetS = seedOf(seed, 'load') % 2_400;
  const slow = noise(seedOf(seed, 'load'), 300);
  const load = (track: Track, swing: number): Signal => {
    return (seconds) => {
      const resting = cores * base * (1 + swing * slow(seconds));
      return round(Math.max(0, resting + 0.6 * gain * track.at(seconds + offsetS)), 2);
    };
  };
  return partOf([
    [gauge('system.cpu.load_average.1m', '{thread}'), load(host.load[0], 0.5)],
    [gauge('system.cpu.load_average.5m', '{thread}'), load(host.load[1], 0.3)],
    [gauge('system.cpu.load_average.15m', '{thread}'), load(host.load[2], 0.15)],
  ]);
}

function memoryPart(host: HostTracks, seed: number, character: ComputerCharacter): Part {
  const total = character.memoryGb * GIB;
  const offsetS = seedOf(seed, 'memory') % 2_400;
  const slow = noise(seedOf(seed, 'memory'), 420);
  const fast = noise(seedOf(seed, 'memory+'), 23);
  const usage = (state: string) =>
    gauge('system.memory.usage', 'By', { 'system.memory.state': state }, { min: 0, max: total });
  const swap = character.swapGb * GIB;
  const swapUsage = (state: string) =>
    gauge('system.paging.usage', 'By', { 'system.paging.state': state }, { min: 0, max: swap });
  return {
    declarations: [
      usage('used'),
      usage('cached'),
      usage('buffers'),
      usage('free'),
      gauge('system.memory.limit', 'By'),
      ...(swap > 0 ? [swapUsage('used'), swapUsage('free')] : []),
    ],
    fill(seconds, row, at) {
      const recorded = 4 * (host.memoryUsed.at(seconds + offsetS) - 0.02);
      const wander = 0.03 * slow(seconds) + 0.006 * fast(seconds);
      const used = clamp(character.memoryUsed + wander + recorded, 0.05, 0.96) * total;
      const cached = Math.min(total - used, total * (0.18 + 3 * host.memoryCached.at(seconds + offsetS)));
      const buffers = Math.min(total - used - cached, total * 0.015);
      row[at] = Math.round(used / 4_096) * 4_096;
      row[at + 1] = Math.round(cached / 4_096) * 4_096;
      row[at + 2] = Math.round(buffers / 4_096) * 4_096;
      row[at + 3] = Math.max(0, total - (row[at] ?? 0) - (row[at + 1] ?? 0) - (row[at + 2] ?? 0));
      row[at + 4] = total;
      if (swap === 0) return;
      const swapped = Math.round((swap * clamp(0.06 + 0.05 * slow(seconds / 4), 0, 1)) / 4_096) * 4_096;
      row[at + 5] = swapped;
      row[at + 6] = swap - swapped;
    },
  };
}

function networkPart(
  host: HostTracks,
  bursts: Track,
  seed: number,
  character: ComputerCharacter,
  name: string,
  index: number,
  bootS: number,
): Part {
  const own = seedOf(seed, `net${name}`);
  const share = index === 0 ? 1 : 0.12;
  const flow = (direction: 'receive' | 'transmit'): [Track, Track] => {
    const mean = character.traffic[direction === 'receive' ? 0 : 1] * share;
    const recorded = direction === 'receive' ? host.received : host.sent;
    const packets = direction === 'receive' ? host.packetsReceived : host.packetsSent;
    const offsetS = (own + (direction === 'receive' ? 0 : 11)) % 3_600;
    const gain = 0.5 * share * character.gain;
    const bytes = sum(
      steady(mean * 0.3),
      playFrom(bursts, offsetS, mean * 0.7),
      playFrom(recorded, own % 2_400, gain),
    );
    return [
      bytes,
      sum(
        steady((mean * 0.3) / 620),
        playFrom(bursts, offsetS, (mean * 0.7) / 980),
        playFrom(packets, own % 2_400, gain),
      ),
    ];
  };
  return partOf(
    (['receive', 'transmit'] as const).flatMap((direction) => {
      const labels = { 'network.interface.name': name, 'network.io.direction': direction };
      const [bytes, packets] = flow(direction);
      // The conventions label packet counts differently from their siblings.
      const device = { 'system.device': name, 'network.io.direction': direction };
      return [
        [count('system.network.io', 'By', labels), counter(bytes, bootS)],
        [count('system.network.packet.count', '{packet}', device), counter(packets, bootS)],
      ] as const;
    }),
  );
}

function diskPart(
  host: HostTracks,
  bursts: Track,
  seed: number,
  character: ComputerCharacter,
  name: string,
  index: number,
  bootS: number,
): Part {
  const own = seedOf(seed, `disk${name}`);
  const share = index === 0 ? 1 : 0.4;
  const gain = 0.25 * share * character.gain;
  const part = (direction: 'read' | 'write') => {
    const mean = character.diskRate[direction === 'read' ? 0 : 1] * share;
    const labels = { 'system.device': name, 'disk.io.direction': direction };
    const bytes = direction === 'read' ? host.read : host.written;
    const operations = direction === 'read' ? host.reads : host.writes;
    const offsetS = (own + (direction === 'read' ? 0 : 29)) % 3_600;
    return [
      [
        count('system.disk.io', 'By', labels),
        counter(sum(playFrom(bursts, offsetS, mean), playFrom(bytes, own % 2_400, gain)), bootS),
      ],
      [
        count('system.disk.operations', '{operation}', labels),
        counter(
          sum(playFrom(bursts, offsetS, mean / 16_384), playFrom(operations, own % 2_400, gain)),
          bootS,
        ),
      ],
    ] as const;
  };
  const busy = sum(playFrom(bursts, own % 3_600, 0.015 * share), playFrom(host.diskBusy, own % 2_400, 0.6));
  const start = busy.total(bootS);
  return partOf([
    ...part('read'),
    ...part('write'),
    [
      count('system.disk.io_time', 's', { 'system.device': name }),
      (seconds) => round(busy.total(seconds) - start, 3),
    ],
  ]);
}

function fileSystemPart(seed: number, { fileSystems }: ComputerCharacter, startedAtS: number): Part {
  return partOf(
    fileSystems.flatMap(([mountpoint, sizeGb, used], i) => {
      const size = sizeGb * GIB;
      const labels = { 'system.filesystem.mountpoint': mountpoint };
      const random = createRandom(seedOf(seed, mountpoint));
      const growth = random.between(2e-8, 4e-7);
      const slow = noise(seedOf(seed, `fs${i}`), 900);
      const share: Signal = (seconds) => {
        return clamp(used + growth * (seconds - startedAtS) + 0.0015 * slow(seconds), 0.01, 0.995);
      };
      const usedBytes: Signal = (seconds) => Math.round((share(seconds) * size) / 4_096) * 4_096;
      const usage = (state: string) =>
        gauge(
          'system.filesystem.usage',
          'By',
          { ...labels, 'system.filesystem.state': state },
          { min: 0, max: size },
        );
      return [
        [usage('used'), usedBytes],
        [usage('free'), (seconds: number) => size - usedBytes(seconds)],
        [
          gauge('system.filesystem.utilization', '1', labels, { min: 0, max: 1 }),
          (seconds: number) => round(share(seconds), 4),
        ],
      ] as const;
    }),
  );
}

function sensorPart(host: HostTracks, seed: number, character: ComputerCharacter): Part {
  const { sensors, fan, battery, gain, base } = character;
  const offsetS = seedOf(seed, 'core0') % 2_400;
  // Metal warms up more slowly than load changes, so the five-minute load approximates heat.
  const heat: Signal = (seconds) => clamp(base + 0.25 * gain * host.load[1].at(seconds + offsetS), 0, 1);
  const slow = noise(seedOf(seed, 'heat'), 90);
  const named = (name: string): Labels => ({
    'hw.id': name.toLowerCase().replace(/\W+/g, '-'),
    'hw.name': name,
  });
  return partOf([
    ...sensors.map(([name, idle, busy], i) => {
      const flicker = jitter(seedOf(seed, name), 2 + i);
      const signal: Signal = (t) =>
        round(idle + (busy - idle) * heat(t) + 1.2 * slow(t + 40 * i) + 0.4 * flicker(t), 1);
      return [gauge('hw.temperature', 'Cel', named(name)), signal] as const;
    }),
    ...(fan
      ? [
          [
            gauge('hw.fan.speed', 'rpm', named('Fan')),
            ((t) => Math.round(780 + 1_500 * heat(t) + 25 * slow(t))) satisfies Signal,
          ] as const,
        ]
      : []),
    ...(battery
      ? [
          [
            gauge('hw.battery.charge', '1', named('Battery'), { min: 0, max: 1 }),
            ((t) => round(0.62 + 0.36 * Math.sin(t / 5_400 + (seed % 7)), 3)) satisfies Signal,
          ] as const,
        ]
      : []),
  ]);
}
