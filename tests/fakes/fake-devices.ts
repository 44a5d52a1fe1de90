import { headlineSeries } from '@shared/metrics/headline';
import type { DeviceInfo, DeviceKind, Labels, MetricKind, SeriesInfo } from '@shared/model';
import { noise, type Signal } from './fake-signals';

export interface FakeSeries extends SeriesInfo {
  signal: Signal;
}

const GIB = 1024 ** 3;
const NAMES = [
  ['nas', 'computer', 'Debian GNU/Linux 12', 'x64', 'Synology DS923+'],
  ['desk-pi', 'computer', 'Raspberry Pi OS 12', 'arm64', 'Raspberry Pi 5 Model B'],
  ['workstation', 'computer', 'Windows 11 Pro', 'x64', 'ThinkStation P3'],
  ['print-server', 'computer', 'Ubuntu 24.04 LTS', 'x64', null],
  ['bench-esp32', 'board', null, null, 'ESP32-S3'],
  ['greenhouse', 'board', null, null, 'ESP8266'],
  ['attic-sensor', 'board', null, null, 'Pico W'],
  ['cnc-mill', 'program', null, null, null],
  ['router', 'computer', 'OpenWrt 23.05', 'arm64', 'GL-MT6000'],
  ['weather', 'board', null, null, 'ESP32-C3'],
  ['ci-runner', 'computer', 'Fedora Linux 42', 'x64', null],
  ['camera-hub', 'computer', 'Debian GNU/Linux 12', 'x64', 'Intel NUC 12'],
] as const;

export interface FakeDevice {
  info: DeviceInfo;
  series: FakeSeries[];
}

type Row = [metric: string, labels: Labels, unit: string, kind: MetricKind, signal: Omit<Signal, 'seed'>];

const ratio = (base: number, swing: number, periodS: number, roughness: number, peak?: number) => ({
  base,
  swing,
  periodS,
  roughness,
  min: 0.002,
  max: 1,
  ...(peak === undefined ? {} : { peak }),
});

function computerRows(seed: number): Row[] {
  const busy = 0.04 + noise(seed, 3) * 0.3;
  const total = [8, 16, 32, 64][Math.floor(noise(seed, 4) * 4)] ?? 16;
  const rows: Row[] = [
    ['system.cpu.utilization', {}, '1', 'gauge', ratio(busy * 1.6, busy * 0.6, 40, 0.5, 0.3)],
  ];
  for (const [mode, share] of [
    ['user', 1],
    ['system', 0.35],
    ['iowait', 0.12],
    ['nice', 0.05],
  ] as const) {
    rows.push([
      'system.cpu.utilization',
      { 'cpu.mode': mode },
      '1',
      'gauge',
      ratio(busy * share, busy * share * 0.6, 37, 0.55, mode === 'user' ? 0.25 : 0.02),
    ]);
  }
  for (let core = 0; core < 4; core++) {
    rows.push([
      'system.cpu.utilization',
      { 'cpu.logical_number': String(core) },
      '1',
      'gauge',
      ratio(busy * (0.7 + core * 0.3), busy * 0.6, 20 + core * 7, 0.7, 0.4),
    ]);
  }
  for (const [state, share] of [
    ['used', 0.42],
    ['cached', 0.25],
    ['buffers', 0.05],
  ] as const) {
    const base = total * GIB * (share + noise(seed, 5) * 0.15);
    rows.push([
      'system.memory.usage',
      { 'system.memory.state': state },
      'By',
      'gauge',
      { base, swing: base * 0.02, periodS: 90, roughness: 0.1, min: 0 },
    ]);
  }
  for (const [direction, mb] of [
    ['receive', 18],
    ['transmit', 4],
  ] as const) {
    rows.push([
      'system.network.io',
      { 'network.interface.name': 'eth0', 'network.io.direction': direction },
      'By',
      'counter',
      { base: mb * 1e6, swing: mb * 7e5, periodS: 30, roughness: 0.6, peak: mb * 9e5, min: 2_000 },
    ]);
  }
  for (const [direction, mb] of [
    ['read', 40],
    ['write', 22],
  ] as const) {
    rows.push([
      'system.disk.io',
      { 'system.device': 'nvme0n1', 'disk.io.direction': direction },
      'By',
      'counter',
      { base: mb * 4e5, swing: mb * 6e5, periodS: 25, roughness: 0.7, peak: mb * 1e6, min: 0 },
    ]);
  }
  for (const [name, base] of [
    ['Package', 54],
    ['nvme0', 42],
  ] as const) {
    rows.push([
      'hw.temperature',
      { 'hw.name': name },
      'Cel',
      'gauge',
      { base, swing: 5, periodS: 60, roughness: 0.15 },
    ]);
  }
  for (const [mountpoint, used] of [
    ['/', 0.61],
    ['/srv', 0.83],
    ['/boot', 0.22],
  ] as const) {
    rows.push([
      'system.filesystem.utilization',
      { 'system.filesystem.mountpoint': mountpoint },
      '1',
      'gauge',
      ratio(used, 0.0005, 300, 0),
    ]);
  }
  for (const minutes of ['1m', '5m', '15m']) {
    rows.push([
      `system.cpu.load_average.${minutes}`,
      {},
      '{thread}',
      'gauge',
      { base: busy * 8, swing: minutes === '1m' ? 0.8 : 0.2, periodS: 70, roughness: 0.1, min: 0 },
    ]);
  }
  rows.push(
    ['system.process.count', {}, '{process}', 'gauge', { base: 284, swing: 6, periodS: 80, roughness: 0.3 }],
    ['system.uptime', {}, 's', 'gauge', { base: 864_000, swing: 0, periodS: 1, roughness: 0 }],
  );
  return rows;
}

const BOARD_ROWS: Row[] = [
  ['temperature', {}, 'Cel', 'gauge', { base: 22.4, swing: 1.4, periodS: 90, roughness: 0.08 }],
  ['humidity', {}, '%', 'gauge', { base: 44, swing: 4, periodS: 130, roughness: 0.06 }],
  ['rssi', {}, 'dBm', 'gauge', { base: -57, swing: 4, periodS: 20, roughness: 0.6 }],
];

const PROGRAM_ROWS: Row[] = [
  ['spindle.speed', {}, 'rpm', 'gauge', { base: 11_800, swing: 300, periodS: 25, roughness: 0.4 }],
  ['spindle.load', {}, '1', 'gauge', ratio(0.4, 0.2, 20, 0.5, 0.3)],
  ['jobs.done', {}, '{job}', 'counter', { base: 0.2, swing: 0.1, periodS: 60, roughness: 0.2, min: 0 }],
];

/** Creates device number `index`, the same in every run except for its times. */
export function makeDevice(index: number, firstSeriesId: number, now: number): FakeDevice {
  const template = NAMES[index % NAMES.length] ?? NAMES[0];
  const round = Math.floor(index / NAMES.length);
  const [baseName, kind, os, arch, model] = template;
  const id = `fake-${index}`;
  const rows = kind === 'computer' ? computerRows(index + 1) : kind === 'board' ? BOARD_ROWS : PROGRAM_ROWS;
  const series = rows.map(([metric, labels, unit, metricKind, signal], i): FakeSeries => ({
    id: firstSeriesId + i,
    device: id,
    metric,
    labels,
    unit,
    unitSource: 'known',
    kind: metricKind,
    title: null,
    min: unit === '1' ? 0 : null,
    max: unit === '1' ? 1 : null,
    signal: { ...signal, seed: index * 1_000 + i },
  }));
  const simple = kind !== 'computer';
  const state = index % 12 === 4 ? 'stale' : index % 12 === 6 ? 'offline' : 'online';
  const connected = state !== 'offline';
  const name = round === 0 ? baseName : `${baseName}-${round + 1}`;
  const info: DeviceInfo = {
    id,
    name,
    ownName: name,
    kind: kind satisfies DeviceKind,
    state,
    reason:
      state === 'stale'
        ? { code: 'LATE_DATA', text: 'Its data is overdue.' }
        : state === 'offline'
          ? { code: 4007, text: 'The device stopped answering heartbeats.' }
          : null,
    approval: 'approved',
    approvedBy: 'user',
    code: null,
    keyIssuedAt: simple ? null : now - 864_000_000,
    secure: connected ? !simple : null,
    local: index === 0,
    simple,
    os,
    arch,
    model,
    tags: simple ? ['lab'] : index % 2 ? ['office'] : [],
    agent: simple ? null : 'wirewatch 1.0.0',
    address: `192.168.1.${14 + (index % 200)}`,
    session: connected ? `session-${index}` : null,
    firstSeenAt: now - 864_000_000,
    connectedAt: connected ? now - 9_000_000 - index * 61_000 : null,
    lastSeenAt: connected ? now : now - 240_000,
    rttMs: connected ? 0.3 + noise(index, 9) * 9 : null,
    clockOffsetMs: simple ? null : Math.round(noise(index, 10) * 40 - 20),
    chosenIntervalMs: null,
    intervalMs: 1_000,
    seriesCount: series.length,
    seriesRevision: 1,
    headline: headlineSeries(series),
    backlog: null,
    drops: null,
  };
  return { info, series };
}
