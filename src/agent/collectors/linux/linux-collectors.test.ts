import { describe, expect, it } from 'vitest';
import { fixtureRoots, writeTree } from '../../testing/test-support';
import { newSlots, readOnce, valuesOf } from '../../testing/collector-support';
import { createBatteryCollector } from './battery';
import { createCpuCollector } from './cpu';
import { createDiskCollector } from './disk';
import { chooseMounts, createFileSystemCollector } from './file-systems';
import { createLoadCollector } from './load';
import { createMemoryCollector } from './memory';
import { createNetworkCollector } from './network';
import { createPagingCollector } from './paging';
import { createProcessesCollector } from './processes';
import { createTemperatureCollector } from './temperature';
import { createUptimeCollector } from './uptime';

describe('the CPU collector', () => {
  const first =
    'cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 50 0 25 400 25 0 0 0 0 0\ncpu1 50 0 25 400 25 0 0 0 0 0\nintr 5 1\n';
  const second =
    'cpu  150 10 70 900 60 4 6 0 0 0\ncpu0 100 10 45 400 25 4 6 0 0 0\ncpu1 50 0 25 500 35 0 0 0 0 0\nintr 5 1\n';

  it('reports shares of the time since the read before, in all, by mode and by processor', async () => {
    const { root, ...roots } = fixtureRoots({ 'proc/stat': first });
    const collector = createCpuCollector(roots);
    const { slots } = newSlots();
    await collector.read(slots);
    expect(valuesOf(slots)['system.cpu.utilization']).toBeNull();
    writeTree(root, { 'proc/stat': second });
    await collector.read(slots);
    expect(valuesOf(slots)).toMatchObject({
      'system.cpu.utilization': 0.45,
      'system.cpu.utilization{user}': 0.25,
      'system.cpu.utilization{system}': 0.1,
      'system.cpu.utilization{idle}': 0.5,
      'system.cpu.utilization{iowait}': 0.05,
      'system.cpu.utilization{interrupt}': 0.05,
      'system.cpu.utilization{0}': 1,
      'system.cpu.utilization{1}': 0,
    });
    collector.dispose?.();
  });

  it('keeps the last shares when it is asked again before the kernel counted on', async () => {
    const { root, ...roots } = fixtureRoots({ 'proc/stat': first });
    const collector = createCpuCollector(roots);
    const { slots } = newSlots();
    await collector.read(slots);
    writeTree(root, { 'proc/stat': second });
    await collector.read(slots);
    await collector.read(slots);
    expect(valuesOf(slots)['system.cpu.utilization']).toBe(0.45);
    collector.dispose?.();
  });

  it('reads files larger than its first buffer', async () => {
    const long = `${first}${'intr 1 2 3 4 5 6 7 8\n'.repeat(2_000)}`;
    const values = await readOnce(createCpuCollector(fixtureRoots({ 'proc/stat': long })));
    expect(Object.keys(values)).toHaveLength(10);
  });
});

it('the load collector reports three averages', async () => {
  const roots = fixtureRoots({ 'proc/loadavg': '0.42 1.50 2.25 1/123 4567\n' });
  expect(await readOnce(createLoadCollector(roots))).toEqual({
    'system.cpu.load_average.1m': 0.42,
    'system.cpu.load_average.5m': 1.5,
    'system.cpu.load_average.15m': 2.25,
  });
});

describe('the memory collector', () => {
  const meminfo = [
    'MemTotal:       1000 kB',
    'MemFree:         200 kB',
    'MemAvailable:    600 kB',
    'Buffers:          50 kB',
    'Cached:          300 kB',
    'SwapCached:        0 kB',
    'Shmem:            20 kB',
    'SwapTotal:       400 kB',
    'SwapFree:        300 kB',
    'SReclaimable:     80 kB',
  ].join('\n');
  const KIB = 1024;

  it('reports states that add up to the limit', async () => {
    const values = await readOnce(createMemoryCollector(fixtureRoots({ 'proc/meminfo': meminfo })));
    expect(values).toEqual({
      'system.memory.usage{used}': 400 * KIB,
      'system.memory.usage{cached}': 350 * KIB,
      'system.memory.usage{buffers}': 50 * KIB,
      'system.memory.usage{free}': 200 * KIB,
      'system.memory.limit': 1000 * KIB,
      'system.memory.utilization{used}': 0.4,
      'system.memory.linux.available': 600 * KIB,
      'system.memory.linux.shared': 20 * KIB,
    });
  });

  it('does without MemAvailable', async () => {
    const old = meminfo.replace(/^MemAvailable.*\n/m, '');
    const values = await readOnce(createMemoryCollector(fixtureRoots({ 'proc/meminfo': old })));
    expect(values['system.memory.usage{used}']).toBe((1000 - 200 - 50 - 360) * KIB);
  });

  it('leaves swap to the paging collector, which reports it where there is some', async () => {
    const vmstat = 'nr_free_pages 1\npswpin 3\npswpout 4\npgfault 100\npgmajfault 10\n';
    const roots = fixtureRoots({ 'proc/meminfo': meminfo, 'proc/vmstat': vmstat });
    expect(await readOnce(createPagingCollector(roots))).toEqual({
      'system.paging.usage{used}': 100 * KIB,
      'system.paging.usage{free}': 300 * KIB,
      'system.paging.utilization{used}': 0.25,
      'system.paging.faults{minor}': 90,
      'system.paging.faults{major}': 10,
      'system.paging.operations{in}': 3,
      'system.paging.operations{out}': 4,
    });
    const none = fixtureRoots({ 'proc/meminfo': 'MemTotal: 5 kB\nSwapTotal: 0 kB\n', 'proc/vmstat': vmstat });
    expect(Object.keys(await readOnce(createPagingCollector(none)))).toHaveLength(4);
  });
});

it('the disk collector reports whole disks that did something, by the names their owner gave', async () => {
  const roots = fixtureRoots({
    'sys/block/vda/size': '1',
    'sys/block/loop0/size': '1',
    'sys/block/zram0/size': '1',
    'sys/block/dm-0/dm/name': 'vault\n',
    'proc/diskstats': [
      '   7       0 loop0 9 0 9 0 9 0 9 0 0 0 0',
      ' 254       0 vda 10 1 100 2000 20 2 200 3000 0 4000 5000 0 0 0 0 0 0',
      ' 254       1 vda1 10 1 100 2000 20 2 200 3000 0 4000 5000 0 0 0 0 0 0',
      ' 253       0 zram0 0 0 0 0 0 0 0 0 0 0 0',
      ' 252       0 dm-0 1 0 2 0 0 0 0 0 0 0 0',
    ].join('\n'),
  });
  const values = await readOnce(createDiskCollector(roots));
  expect(values).toMatchObject({
    'system.disk.io{vda,read}': 51_200,
    'system.disk.io{vda,write}': 102_400,
    'system.disk.operations{vda,read}': 10,
    'system.disk.operation_time{vda,write}': 3,
    'system.disk.io_time{vda}': 4,
    'system.disk.io{vault,read}': 1_024,
  });
  expect(Object.keys(values)).toHaveLength(14);
});

it('the network collector reports interfaces that moved something', async () => {
  const roots = fixtureRoots({
    'proc/net/dev': [
      'Inter-|   Receive                                                |  Transmit',
      ' face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed',
      '    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0',
      'veth1a2: 999 9 0 0 0 0 0 0 999 9 0 0 0 0 0 0',
      '  eth0:1000 10 1 2 0 0 0 0 2000 20 3 4 0 0 0 0',
    ].join('\n'),
  });
  expect(await readOnce(createNetworkCollector(roots))).toEqual({
    'system.network.io{eth0,receive}': 1000,
    'system.network.packet.count{eth0,receive}': 10,
    'system.network.errors{eth0,receive}': 1,
    'system.network.packet.dropped{eth0,receive}': 2,
    'system.network.io{eth0,transmit}': 2000,
    'system.network.packet.count{eth0,transmit}': 20,
    'system.network.errors{eth0,transmit}': 3,
    'system.network.packet.dropped{eth0,transmit}': 4,
  });
});

describe('the file system collector', () => {
  const facts = { bsize: 1_000, blocks: 100, bfree: 40, bavail: 30 };

  it('reports space of local file systems, with what is reserved', async () => {
    const roots = fixtureRoots({ 'proc/self/mounts': '/dev/sda1 / ext4 rw 0 0\nproc /proc proc rw 0 0\n' });
    const values = await readOnce(createFileSystemCollector(roots, async () => facts));
    expect(values).toEqual({
      'system.filesystem.usage{/dev/sda1,/,ext4,used}': 60_000,
      'system.filesystem.usage{/dev/sda1,/,ext4,free}': 30_000,
      'system.filesystem.usage{/dev/sda1,/,ext4,reserved}': 10_000,
      'system.filesystem.utilization{/dev/sda1,/,ext4}': 0.66667,
      'system.filesystem.limit{/dev/sda1,/,ext4}': 100_000,
    });
  });

  it('takes the root whatever it is, one mount a device, and no network file systems', () => {
    const mounts = chooseMounts(
      [
        'overlay / overlay rw 0 0',
        '/dev/sda1 /etc/hosts ext4 rw 0 0',
        '/dev/sda1 /data ext4 rw 0 0',
        '/dev/sdb1 /mnt/big\\040disk xfs rw 0 0',
        'nas:/export /mnt/nas nfs4 rw 0 0',
        'tmpfs /run tmpfs rw 0 0',
      ].join('\n'),
    );
    expect(mounts.map((mount) => mount.mountpoint)).toEqual(['/', '/data', '/mnt/big disk']);
  });

  it('goes on when one of them cannot be asked', async () => {
    const roots = fixtureRoots({ 'proc/self/mounts': '/dev/a / ext4 rw 0 0\n/dev/b /b ext4 rw 0 0\n' });
    const ask = async (path: string) => {
      if (path === '/b') throw new Error('EIO');
      return facts;
    };
    const folders = async () => true;
    expect(Object.keys(await readOnce(createFileSystemCollector(roots, ask, folders)))).toHaveLength(5);
  });
});

it('the temperature collector names sensors and leaves out what it has already, or what is broken', async () => {
  const roots = fixtureRoots({
    'sys/class/hwmon/hwmon0/name': 'coretemp\n',
    'sys/class/hwmon/hwmon0/temp1_input': '54321\n',
    'sys/class/hwmon/hwmon0/temp1_label': 'Package id 0\n',
    'sys/class/hwmon/hwmon1/name': 'nvme\n',
    'sys/class/hwmon/hwmon1/temp1_input': '-273150\n',
    'sys/class/hwmon/hwmon2/name': 'acpitz\n',
    'sys/class/hwmon/hwmon2/temp1_input': '30000\n',
    'sys/class/thermal/thermal_zone0/type': 'acpitz\n',
    'sys/class/thermal/thermal_zone0/temp': '30000\n',
    'sys/class/thermal/thermal_zone1/type': 'cpu-thermal\n',
    'sys/class/thermal/thermal_zone1/temp': '48000\n',
  });
  expect(await readOnce(createTemperatureCollector(roots))).toEqual({
    'hw.temperature{coretemp/temp1,coretemp Package id 0}': 54.3,
    'hw.temperature{acpitz/temp1,acpitz}': 30,
    'hw.temperature{thermal/cpu-thermal,cpu}': 48,
  });
});

it('collectors of what a machine does not have report nothing and complain of nothing', async () => {
  const roots = fixtureRoots({});
  expect(await readOnce(createTemperatureCollector(roots))).toEqual({});
  expect(await readOnce(createBatteryCollector(roots))).toEqual({});
});

it('the processes collector counts', async () => {
  const roots = fixtureRoots({
    'proc/stat': 'cpu 1\nprocesses 4321\nprocs_running 2\nprocs_blocked 1\n',
    'proc/1/stat': '',
    'proc/22/stat': '',
    'proc/meminfo': '',
  });
  expect(await readOnce(createProcessesCollector(roots))).toEqual({
    'system.process.count': 2,
    'system.process.count{running}': 2,
    'system.process.count{blocked}': 1,
    'system.process.created': 4321,
  });
});

it('the uptime collector reports seconds', async () => {
  expect(await readOnce(createUptimeCollector(fixtureRoots({ 'proc/uptime': '3600.25 7000.00\n' })))).toEqual(
    {
      'system.uptime': 3600.25,
    },
  );
});

it('the battery collector reports charge and the time left, of this machine only', async () => {
  const battery = (folder: string, more: Record<string, string>) =>
    Object.fromEntries(
      Object.entries({ type: 'Battery\n', capacity: '80\n', ...more }).map(([file, text]) => [
        `sys/class/power_supply/${folder}/${file}`,
        text,
      ]),
    );
  const roots = fixtureRoots({
    ...battery('BAT0', { status: 'Discharging\n', energy_now: '40000000\n', power_now: '10000000\n' }),
    ...battery('mouse', { scope: 'Device\n' }),
    'sys/class/power_supply/AC/type': 'Mains\n',
  });
  expect(await readOnce(createBatteryCollector(roots))).toEqual({
    'hw.battery.charge{BAT0,BAT0}': 0.8,
    'hw.battery.time_left{BAT0,BAT0,discharging}': 14_400,
  });
});
