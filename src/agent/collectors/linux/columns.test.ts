import { afterEach, describe, expect, it, vi } from 'vitest';
import { cpus } from 'node:os';
import { fixtureRoots, writeTree } from '../../testing/test-support';
import { newSlots, seriesOf } from '../../testing/collector-support';
import { createLinuxScan } from '../../processes/linux-scan';
import { parseProcessStat } from '../../processes/process-stat';
import type { Collector, SystemRoots } from '../collector';
import { createCpuCollector } from './cpu';
import { createDiskCollector } from './disk';
import { createFileSystemCollector } from './file-systems';
import { createMemoryCollector } from './memory';
import { createNetworkCollector } from './network';
import { createPagingCollector } from './paging';
import { parseTemperature } from './temperature';

/**
 * Writes the kernel's files with a different value in each column, so that a neighbour's value, another unit or another
 * kind is noticed.
 */

async function seriesIn(
  files: Record<string, string>,
  create: (roots: SystemRoots) => Collector,
  before?: Record<string, string>,
): Promise<Record<string, number | null>> {
  const { root, ...roots } = fixtureRoots(before ?? files);
  const collector = create(roots);
  const { slots } = newSlots();
  await collector.read(slots);
  if (before) {
    writeTree(root, files);
    await collector.read(slots);
  }
  collector.dispose?.();
  return seriesOf(slots);
}

it('/proc/stat: every mode has its own column, guests are part of user, and stolen time is busy', async () => {
  const before = { 'proc/stat': 'cpu  0 0 0 0 0 0 0 0 0 0\n' };
  const after = { 'proc/stat': 'cpu  101 7 53 701 67 11 17 43 31 3\n' };
  expect(await seriesIn(after, createCpuCollector, before)).toEqual({
    'system.cpu.utilization 1 gauge 0..1': 0.232,
    'system.cpu.utilization{user} 1 gauge 0..1': 0.101,
    'system.cpu.utilization{nice} 1 gauge 0..1': 0.007,
    'system.cpu.utilization{system} 1 gauge 0..1': 0.053,
    'system.cpu.utilization{idle} 1 gauge 0..1': 0.701,
    'system.cpu.utilization{iowait} 1 gauge 0..1': 0.067,
    'system.cpu.utilization{interrupt} 1 gauge 0..1': 0.028,
    'system.cpu.utilization{steal} 1 gauge 0..1': 0.043,
  });
});

it('/proc/diskstats: sectors are 512 bytes, times are milliseconds', async () => {
  const line = '8 0 sda 11 12 13 14000 15 16 17 18000 19 20000 21000 22 23 24 25 26 27\n';
  expect(await seriesIn({ 'proc/diskstats': line }, createDiskCollector)).toEqual({
    'system.disk.io{sda,read} By counter': 13 * 512,
    'system.disk.io{sda,write} By counter': 17 * 512,
    'system.disk.operations{sda,read} {operation} counter': 11,
    'system.disk.operations{sda,write} {operation} counter': 15,
    'system.disk.operation_time{sda,read} s counter': 14,
    'system.disk.operation_time{sda,write} s counter': 18,
    'system.disk.io_time{sda} s counter': 20,
  });
});

it('/proc/net/dev: the first eight columns are received, the others transmitted', async () => {
  const line = 'eth0: 1001 1002 1003 1004 1005 1006 1007 1008 2001 2002 2003 2004 2005 2006 2007 2008\n';
  expect(await seriesIn({ 'proc/net/dev': line }, createNetworkCollector)).toEqual({
    'system.network.io{eth0,receive} By counter': 1001,
    'system.network.packet.count{eth0,receive} {packet} counter': 1002,
    'system.network.errors{eth0,receive} {error} counter': 1003,
    'system.network.packet.dropped{eth0,receive} {packet} counter': 1004,
    'system.network.io{eth0,transmit} By counter': 2001,
    'system.network.packet.count{eth0,transmit} {packet} counter': 2002,
    'system.network.errors{eth0,transmit} {error} counter': 2003,
    'system.network.packet.dropped{eth0,transmit} {packet} counter': 2004,
  });
});

const MEMINFO = [
  ...['MemTotal: 100000 kB', 'MemFree: 20011 kB', 'MemAvailable: 60013 kB', 'Buffers: 5017 kB'],
  ...['Cached: 30029 kB', 'SwapCached: 101 kB', 'Active: 103 kB', 'Inactive: 107 kB', 'SwapTotal: 40009 kB'],
  ...['SwapFree: 30007 kB', 'Dirty: 109 kB', 'AnonPages: 113 kB', 'Mapped: 127 kB', 'Shmem: 2003 kB'],
  ...['Slab: 9001 kB', 'SReclaimable: 7001 kB', 'SUnreclaim: 2000 kB', 'KernelStack: 131 kB'],
].join('\n');
const KIB = 1024;

it('/proc/meminfo: every state has its own line, in KiB', async () => {
  const total = 100_000 * KIB;
  expect(await seriesIn({ 'proc/meminfo': MEMINFO }, createMemoryCollector)).toEqual({
    [`system.memory.usage{used} By gauge 0..${total}`]: (100_000 - 60_013) * KIB,
    [`system.memory.usage{cached} By gauge 0..${total}`]: (60_013 - 20_011 - 5_017) * KIB,
    [`system.memory.usage{buffers} By gauge 0..${total}`]: 5_017 * KIB,
    [`system.memory.usage{free} By gauge 0..${total}`]: 20_011 * KIB,
    'system.memory.limit By gauge 0..': total,
    'system.memory.utilization{used} 1 gauge 0..1': 0.3999,
    [`system.memory.linux.available By gauge 0..${total}`]: 60_013 * KIB,
    'system.memory.linux.shared By gauge 0..': 2_003 * KIB,
  });
});

it('/proc/meminfo of old kernels: what is available is free, buffers, and caches without what is shared', async () => {
  const old = MEMINFO.replace(/MemAvailable.*\n/, '');
  const series = await seriesIn({ 'proc/meminfo': old }, createMemoryCollector);
  const available = 20_011 + 5_017 + (30_029 - 2_003) + 7_001;
  expect(series[`system.memory.linux.available By gauge 0..${100_000 * KIB}`]).toBe(available * KIB);
});

it('/proc/vmstat and swap: every figure has its own line', async () => {
  const vmstat = 'pgpgin 11\npgpgout 13\npswpin 17\npswpout 19\npgfault 1000\npgmajfault 23\n';
  const total = 40_009 * KIB;
  const files = { 'proc/meminfo': MEMINFO, 'proc/vmstat': vmstat };
  expect(await seriesIn(files, createPagingCollector)).toEqual({
    [`system.paging.usage{used} By gauge 0..${total}`]: 10_002 * KIB,
    [`system.paging.usage{free} By gauge 0..${total}`]: 30_007 * KIB,
    'system.paging.utilization{used} 1 gauge 0..1': 0.25,
    'system.paging.faults{minor} {fault} counter': 977,
    'system.paging.faults{major} {fault} counter': 23,
    'system.paging.operations{in} {operation} counter': 17,
    'system.paging.operations{out} {operation} counter': 19,
  });
});

it('statfs: what is reserved is neither used nor free, and the share is that of df', async () => {
  const facts = { bsize: 4_096, blocks: 1_000, bfree: 400, bavail: 300 };
  const series = await seriesIn({ 'proc/self/mounts': '/dev/sda1 / ext4 rw 0 0\n' }, (roots) =>
    createFileSystemCollector(roots, () => Promise.resolve(facts)),
  );
  const total = 1_000 * 4_096;
  expect(series).toEqual({
    [`system.filesystem.usage{/dev/sda1,/,ext4,used} By gauge 0..${total}`]: 600 * 4_096,
    [`system.filesystem.usage{/dev/sda1,/,ext4,free} By gauge 0..${total}`]: 300 * 4_096,
    [`system.filesystem.usage{/dev/sda1,/,ext4,reserved} By gauge 0..${total}`]: 100 * 4_096,
    'system.filesystem.utilization{/dev/sda1,/,ext4} 1 gauge 0..1': 0.66667,
    'system.filesystem.limit{/dev/sda1,/,ext4} By gauge 0..': total,
  });
});

it('temperatures are thousandths of a degree, from what a sensor can measure', () => {
  expect(['45678', '-54999', '126499', '0'].map(parseTemperature)).toEqual([45.7, -55, 126.5, 0]);
  expect(['-55000', '126500', '127000', '255000', '-128000', 'x'].map(parseTemperature)).toEqual(
    Array.from({ length: 6 }, () => null),
  );
});

describe('/proc/<pid>/stat', () => {
  /** Writes the fields of a process (proc(5)): each is its own number, except for the name and the state. */
  const fields = (ticks = { user: 14, system: 15 }, pid = 1): string =>
    Array.from({ length: 52 }, (_, i) => {
      const number = i + 1;
      if (number === 1) return pid;
      if (number === 2) return '(worker)';
      if (number === 3) return 'S';
      if (number === 14) return ticks.user;
      return number === 15 ? ticks.system : number;
    }).join(' ');

  it('has the ticks of the process itself in fields 14 and 15, its start in 22, and its resident pages in 24', () => {
    expect(parseProcessStat(fields())).toEqual({ name: 'worker', start: '22', ticks: 29, rssPages: 24 });
  });

  describe('from one look to the next', () => {
    afterEach(() => vi.useRealTimers());

    it('gives the share of all processors that a process had', async () => {
      vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
      const { root, ...roots } = fixtureRoots({ 'etc/passwd': 'anna:x:0:0::/:/bin/sh\n' });
      const at = (user: number, system: number): void =>
        writeTree(root, {
          'proc/7/stat': fields({ user, system }, 7),
          'proc/7/cmdline': `${'x'.repeat(150)}\0${'y'.repeat(150)}`,
          'proc/8/stat': fields({ user: 100, system: 100 }, 8),
          'proc/8/cmdline': '',
        });
      at(100, 50);
      const scan = createLinuxScan(roots);
      const first = scan();
      await vi.advanceTimersByTimeAsync(0);
      // A quarter of a second has 25 ticks for each processor.
      at(100 + 4 * cpus().length, 50 + cpus().length);
      await vi.advanceTimersByTimeAsync(250);
      const { total, processes } = await first;
      expect(total).toBe(2);
      expect(processes.map(({ pid, cpu, rssBytes }) => [pid, cpu, rssBytes])).toEqual([
        [7, 0.2, 24 * 4_096],
        [8, 0, 24 * 4_096],
      ]);
      expect(processes[0]?.command).toBe(`${'x'.repeat(150)} ${'y'.repeat(49)}`);
      expect(processes[1]?.command).toBe('[worker]');
      await vi.advanceTimersByTimeAsync(1_000);
      at(100 + 54 * cpus().length, 50 + cpus().length);
      expect((await scan()).processes[0]?.cpu).toBe(0.5);
    });
  });
});
