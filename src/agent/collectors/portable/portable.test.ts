import type * as Os from 'node:os';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { newSlots, readOnce, seriesOf } from '../../testing/collector-support';
import { scanPortable } from '../../processes/portable-scan';
import { COLLECTOR_NAMES, type CollectorName } from '../collector';
import { createCollectors } from '../create-collectors';
import {
  createPortableCpuCollector,
  createPortableLoadCollector,
  createPortableMemoryCollector,
  createPortableUptimeCollector,
} from './core';
import { createSlowCollectors } from './slow';

/** The answers of node:os: processor times in ms, in a different order from the one shown. */
const machine = vi.hoisted(() => ({
  processors: [] as { user: number; nice: number; sys: number; idle: number; irq: number }[],
  total: 16_000,
  free: 4_000,
  load: [0.123, 4.567, 8.9],
  uptime: 12_345.5,
}));
/** The answers of systeminformation: each of its functions, with a different value in each field. */
const si = vi.hoisted(() => new Map<string, unknown>());

vi.mock('node:os', async (original) => ({
  ...(await original<typeof Os>()),
  cpus: () => machine.processors.map((times) => ({ model: 'x', speed: 1, times })),
  totalmem: () => machine.total,
  freemem: () => machine.free,
  loadavg: () => machine.load,
  uptime: () => machine.uptime,
}));
vi.mock('./system-information', () => ({
  loadSystemInformation: () =>
    Promise.resolve(
      Object.fromEntries(
        [...si].map(([name, answer]) => [
          name,
          (...args: unknown[]) =>
            Promise.resolve(
              typeof answer === 'function' ? (answer as (...a: unknown[]) => unknown)(...args) : answer,
            ),
        ]),
      ),
    ),
}));

async function slow(name: CollectorName): Promise<Record<string, number | null>> {
  const collector = createSlowCollectors().find((one) => one.name === name);
  const { slots } = newSlots();
  await collector?.read(slots);
  return seriesOf(slots);
}

describe('processors, by node:os', () => {
  const CPU = 'system.cpu.utilization';

  it('are shares of the time since the read before, by mode and by processor', async () => {
    const collector = createPortableCpuCollector();
    const { slots } = newSlots();
    machine.processors = [
      { user: 1, nice: 2, sys: 3, idle: 4, irq: 5 },
      { user: 10, nice: 20, sys: 30, idle: 40, irq: 50 },
    ];
    await collector.read(slots);
    expect(seriesOf(slots)).toEqual({});
    machine.processors = [
      { user: 101, nice: 22, sys: 63, idle: 804, irq: 25 },
      { user: 310, nice: 60, sys: 170, idle: 540, irq: 70 },
    ];
    await collector.read(slots);
    expect(seriesOf(slots)).toEqual({
      [`${CPU}{0} 1 gauge 0..1`]: 0.2,
      [`${CPU}{1} 1 gauge 0..1`]: 0.5,
      [`${CPU} 1 gauge 0..1`]: 0.35,
      [`${CPU}{user} 1 gauge 0..1`]: 0.2,
      [`${CPU}{nice} 1 gauge 0..1`]: 0.03,
      [`${CPU}{system} 1 gauge 0..1`]: 0.1,
      [`${CPU}{idle} 1 gauge 0..1`]: 0.65,
      [`${CPU}{interrupt} 1 gauge 0..1`]: 0.02,
    });
  });

  it('have no value once when their times fell or one of them went, but idle time may go back', async () => {
    const collector = createPortableCpuCollector();
    const read = async (...processors: typeof machine.processors): Promise<number | null | undefined> => {
      machine.processors = processors;
      const { slots } = newSlots();
      await collector.read(slots);
      return seriesOf(slots)[`${CPU} 1 gauge 0..1`];
    };
    const times = (user: number, idle: number) => ({ user, nice: 0, sys: 0, idle, irq: 0 });
    await read(times(100, 100), times(0, 0));
    expect(await read(times(50, 200), times(0, 0))).toBeUndefined();
    expect(await read(times(60, 290), times(0, 0))).toBe(0.1);
    expect(await read(times(70, 300))).toBeUndefined();
    expect(await read(times(80, 295))).toBe(1);
  });
});

it('memory, load and uptime by node:os', async () => {
  const { slots } = newSlots();
  for (const collector of [
    createPortableMemoryCollector(),
    createPortableLoadCollector(),
    createPortableUptimeCollector(),
  ]) {
    await collector.read(slots);
  }
  expect(seriesOf(slots)).toEqual({
    'system.memory.usage{used} By gauge 0..16000': 12_000,
    'system.memory.usage{free} By gauge 0..16000': 4_000,
    'system.memory.limit By gauge 0..': 16_000,
    'system.memory.utilization{used} 1 gauge 0..1': 0.75,
    'system.cpu.load_average.1m {thread} gauge 0..': 0.12,
    'system.cpu.load_average.5m {thread} gauge 0..': 4.57,
    'system.cpu.load_average.15m {thread} gauge 0..': 8.9,
    'system.uptime s gauge 0..': 12_345.5,
  });
});

describe('by systeminformation', () => {
  beforeEach(() => si.clear());

  it('network interfaces that moved something, each direction with its own figures', async () => {
    const stats = (iface: string, n: number) => ({
      ...{ iface, operstate: 'up', ms: n + 9, rx_sec: n + 7, tx_sec: n + 8 },
      ...{ rx_bytes: n + 1, rx_dropped: n + 2, rx_errors: n + 3 },
      ...{ tx_bytes: n + 4, tx_dropped: n + 5, tx_errors: n + 6 },
    });
    const idle = { ...stats('idle', 0), rx_bytes: 0, tx_bytes: 0 };
    const all = [stats('en0', 100), idle, { ...stats('en1', 200), rx_bytes: 0 }];
    si.set('networkStats', (which: unknown) => (which === '*' ? all : []));
    expect(await slow('network')).toEqual({
      'system.network.io{en0,receive} By counter': 101,
      'system.network.errors{en0,receive} {error} counter': 103,
      'system.network.packet.dropped{en0,receive} {packet} counter': 102,
      'system.network.io{en0,transmit} By counter': 104,
      'system.network.errors{en0,transmit} {error} counter': 106,
      'system.network.packet.dropped{en0,transmit} {packet} counter': 105,
      'system.network.io{en1,receive} By counter': 0,
      'system.network.errors{en1,receive} {error} counter': 203,
      'system.network.packet.dropped{en1,receive} {packet} counter': 202,
      'system.network.io{en1,transmit} By counter': 204,
      'system.network.errors{en1,transmit} {error} counter': 206,
      'system.network.packet.dropped{en1,transmit} {packet} counter': 205,
    });
  });

  it('disks all together, as far as the system counts them', async () => {
    const operations = { rIO: 11, wIO: 12, tIO: 23, rIO_sec: 13, wIO_sec: 14, rWaitTime: 15, ms: 16 };
    const bytes = { rx: 1_001, wx: 1_002, tx: 2_003, rx_sec: 17, wx_sec: 18, ms: 19 };
    si.set('disksIO', operations).set('fsStats', bytes);
    expect(await slow('disk')).toEqual({
      'system.disk.io{all,read} By counter': 1_001,
      'system.disk.io{all,write} By counter': 1_002,
      'system.disk.operations{all,read} {operation} counter': 11,
      'system.disk.operations{all,write} {operation} counter': 12,
    });
    si.set('fsStats', null);
    expect(Object.values(await slow('disk'))).toEqual([null, null, 11, 12]);
    si.set('disksIO', null);
    expect(await slow('disk')).toEqual({});
  });

  it('swap, where there is some', async () => {
    const mem = {
      total: 1,
      free: 2,
      used: 3,
      active: 4,
      available: 5,
      swaptotal: 8_000,
      swapused: 6,
      swapfree: 2_000,
    };
    si.set('mem', mem);
    expect(await slow('paging')).toEqual({
      'system.paging.usage{used} By gauge 0..8000': 6_000,
      'system.paging.usage{free} By gauge 0..8000': 2_000,
      'system.paging.utilization{used} 1 gauge 0..1': 0.75,
    });
    si.set('mem', { ...mem, swaptotal: 0, swapfree: 0 });
    expect(await slow('paging')).toEqual({});
  });

  it('file systems that have a size', async () => {
    const disk = {
      fs: '/dev/disk1s1',
      type: 'APFS',
      size: 1_000,
      used: 600,
      available: 300,
      use: 66.67,
      mount: '/',
    };
    si.set('fsSize', [disk, { ...disk, mount: '/empty', size: 0 }]);
    expect(await slow('filesystem')).toEqual({
      'system.filesystem.usage{/dev/disk1s1,/,APFS,used} By gauge 0..1000': 600,
      'system.filesystem.usage{/dev/disk1s1,/,APFS,free} By gauge 0..1000': 300,
      'system.filesystem.usage{/dev/disk1s1,/,APFS,reserved} By gauge 0..1000': 100,
      'system.filesystem.utilization{/dev/disk1s1,/,APFS} 1 gauge 0..1': 0.66667,
      'system.filesystem.limit{/dev/disk1s1,/,APFS} By gauge 0..': 1_000,
    });
  });

  it('the temperature of the processor, where there is one', async () => {
    si.set('cpuTemperature', { main: 48.5, cores: [47, 50], max: 51, socket: [52], chipset: 53 });
    expect(await slow('temperature')).toEqual({ 'hw.temperature{cpu,CPU} Cel gauge': 48.5 });
    for (const main of [0, -1, null, undefined]) {
      si.set('cpuTemperature', { main, max: 51 });
      expect(await slow('temperature')).toEqual({});
    }
  });

  it('how many processes there are, and how many of them run and wait', async () => {
    si.set('processes', { all: 400, running: 3, blocked: 5, sleeping: 300, unknown: 7, list: [] });
    expect(await slow('processes')).toEqual({
      'system.process.count {process} gauge 0..': 400,
      'system.process.count{running} {process} gauge 0..': 3,
      'system.process.count{blocked} {process} gauge 0..': 5,
    });
  });

  it('the battery, with the time left while it discharges', async () => {
    const battery = {
      hasBattery: true,
      isCharging: false,
      acConnected: false,
      percent: 80,
      timeRemaining: 90,
    };
    const more = {
      model: 'bq20z451',
      cycleCount: 31,
      maxCapacity: 5_000,
      currentCapacity: 4_000,
      voltage: 12,
    };
    si.set('battery', { ...battery, ...more });
    expect(await slow('battery')).toEqual({
      'hw.battery.charge{bq20z451,bq20z451} 1 gauge 0..1': 0.8,
      'hw.battery.time_left{bq20z451,bq20z451,discharging} s gauge 0..': 5_400,
    });
    const changed = async (patch: object) => {
      si.set('battery', { ...battery, ...patch });
      return Object.values(await slow('battery'));
    };
    expect(await changed({ isCharging: true })).toEqual([0.8, null]);
    expect(await changed({ timeRemaining: null })).toEqual([0.8, null]);
    expect(await changed({ percent: 130 })).toEqual([1, 5_400]);
    expect(await changed({ hasBattery: false })).toEqual([]);
  });

  it('processes: memory is what is resident, the share is of all processors', async () => {
    const process = {
      ...{
        pid: 7,
        parentPid: 1,
        name: 'node',
        cpu: 25,
        cpuu: 15,
        cpus: 10,
        mem: 4,
        priority: 8,
        memVsz: 9_000,
      },
      ...{ memRss: 100, nice: 0, started: '', state: 'sleeping', tty: '', user: 'anna', command: 'node' },
      ...{ params: `--x ${'y'.repeat(300)}`, path: '/usr/bin' },
    };
    si.set('processes', {
      all: 3,
      list: [process, { ...process, pid: 8, cpu: Number.NaN }, { ...process, pid: 9, cpu: 250 }],
    });
    const { total, processes } = await scanPortable();
    expect(total).toBe(3);
    expect(processes.map(({ pid, cpu }) => [pid, cpu])).toEqual([
      [7, 0.25],
      [8, null],
      [9, 1],
    ]);
    expect(processes[0]).toEqual({
      ...{ pid: 7, name: 'node', user: 'anna', cpu: 0.25, rssBytes: 102_400 },
      command: `node --x ${'y'.repeat(191)}`,
    });
  });
});

describe('the collectors of a system', () => {
  const self = { queuedRows: () => 12, collectMs: () => 3.456 };
  const named = (system: NodeJS.Platform, only: CollectorName[] | null = null) =>
    createCollectors(self, only, undefined, system).map(({ name, everyMs }) => [name, everyMs]);

  const SLOW = [
    ...[
      ['network', 5_000],
      ['disk', 5_000],
      ['paging', 30_000],
      ['filesystem', 60_000],
    ],
    ...[
      ['temperature', 30_000],
      ['processes', 60_000],
      ['battery', 60_000],
    ],
  ];

  it('are read as often as they cost little', () => {
    const core = [
      ['cpu', 0],
      ['memory', 0],
      ['uptime', 0],
    ];
    expect(named('darwin')).toEqual([...core, ['load', 0], ...SLOW, ['agent', 0]]);
    // Windows has no load average, but node:os returns values that would look like one.
    expect(named('win32')).toEqual([...core, ...SLOW, ['agent', 0]]);
    const linux = named('linux').map(([name]) => name);
    expect(linux.sort()).toEqual([...COLLECTOR_NAMES].sort());
  });

  it('are those that were asked for', () => {
    expect(named('darwin', ['load', 'agent'])).toEqual([
      ['load', 0],
      ['agent', 0],
    ]);
  });

  it('tell of the agent itself, its time in seconds', async () => {
    const [collector] = createCollectors(self, ['agent'], undefined, 'darwin');
    if (!collector) throw new Error('There is no collector of the agent.');
    const { 'wirewatch.agent.memory': memory, ...others } = await readOnce(collector);
    expect(others).toEqual({ 'wirewatch.agent.queue': 12, 'wirewatch.agent.collect_time': 0.0035 });
    expect(Math.abs((memory ?? 0) / process.memoryUsage.rss() - 1)).toBeLessThan(0.3);
  });
});
