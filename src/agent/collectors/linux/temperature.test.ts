import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureRoots, writeTree } from '../../testing/test-support';
import { newSlots, NONSENSE_TOKENS, readOnce, valuesOf } from '../../testing/collector-support';
import { createTemperatureCollector, parseTemperature } from './temperature';

type Roots = ReturnType<typeof fixtureRoots>;

function link(roots: Roots, path: string, target: string): void {
  mkdirSync(dirname(join(roots.sys, path)), { recursive: true });
  symlinkSync(target, join(roots.sys, path));
}

/** Creates a chip at `/sys/class/hwmon/hwmonN`, whose `device` points to `target`. */
function chip(
  roots: Roots,
  n: number,
  name: string,
  target: string | null,
  files: Record<string, string>,
): void {
  const folder = `class/hwmon/hwmon${n}`;
  const all = { name: `${name}\n`, ...files };
  writeTree(
    roots.sys,
    Object.fromEntries(Object.entries(all).map(([file, text]) => [`${folder}/${file}`, text])),
  );
  if (target !== null) link(roots, `${folder}/device`, target);
}

const temp = (celsius: number, label?: string) => ({
  temp1_input: `${celsius * 1_000}\n`,
  ...(label === undefined ? {} : { temp1_label: `${label}\n` }),
});

/** Builds the same machine twice, with its chips and disks in a different order. */
async function bothBoots(build: (roots: Roots, order: readonly [number, number]) => void) {
  const boots = [];
  for (const order of [[0, 1] as const, [1, 0] as const]) {
    const roots = fixtureRoots({});
    build(roots, order);
    boots.push(await readOnce(createTemperatureCollector(roots)));
  }
  return boots;
}

describe('sensors keep their names when the kernel numbers them anew', () => {
  it('by what they belong to', async () => {
    const [first, second] = await bothBoots((roots, [a, b]) => {
      chip(roots, a, 'nvme', '../../../nvme0', temp(40, 'Composite'));
      chip(roots, b, 'k10temp', '../../../0000:00:18.3', temp(50, 'Tctl'));
    });
    expect(second).toEqual(first);
    expect(first).toEqual({
      'hw.temperature{nvme/nvme0/temp1,nvme0 Composite}': 40,
      'hw.temperature{k10temp/0000:00:18.3/temp1,k10temp Tctl}': 50,
    });
  });

  it('disks of a kind by their serial numbers, whatever the disks are called', async () => {
    const [first, second] = await bothBoots((roots, [a, b]) => {
      for (const [n, serial, celsius] of [
        [a, 'S4EWNX0R100001', 40],
        [b, 'S4EWNX0R100002', 50],
      ] as const) {
        const device = `devices/pci0000:00/0000:0${serial.at(-1)}:00.0/nvme/nvme${n}`;
        writeTree(roots.sys, {
          [`${device}/serial`]: `${serial}   \n`,
          [`${device}/model`]: 'Quick SSD 1TB  \n',
        });
        chip(roots, n, 'nvme', `../../../${device}`, temp(celsius, 'Composite'));
      }
    });
    expect(second).toEqual(first);
    expect(first).toEqual({
      'hw.temperature{nvme/S4EWNX0R100001/temp1,Quick SSD 1TB 0001 Composite}': 40,
      'hw.temperature{nvme/S4EWNX0R100002/temp1,Quick SSD 1TB 0002 Composite}': 50,
    });
  });

  it('disks without a serial number by their place on the bus', async () => {
    const [first, second] = await bothBoots((roots, [a, b]) => {
      for (const [n, address] of [
        [a, '0000:01:00.0'],
        [b, '0000:02:00.0'],
      ] as const) {
        const device = `devices/pci0000:00/${address}/nvme/nvme${n}`;
        writeTree(roots.sys, { [`${device}/state`]: 'live\n' });
        chip(roots, n, 'nvme', `../../../${device}`, temp(address === '0000:01:00.0' ? 40 : 50, 'Composite'));
      }
    });
    expect(second).toEqual(first);
    expect(first).toEqual({
      'hw.temperature{nvme/0000:01:00.0/temp1,nvme Composite (0000:01:00.0)}': 40,
      'hw.temperature{nvme/0000:02:00.0/temp1,nvme Composite (0000:02:00.0)}': 50,
    });
  });

  it('disks of a controller, chips of an I²C bus and wireless cards without what counts them', async () => {
    const [first, second] = await bothBoots((roots, [a, b]) => {
      const pci = 'devices/pci0000:00';
      const paths = [
        [2, 'drivetemp', `${pci}/0000:00:17.0/ata3/host${a + 2}/target${a + 2}:0:0/${a + 2}:0:0:0`],
        [3, 'jc42', `${pci}/0000:00:1f.4/i2c-${b}/${b}-0018`],
        [4, 'jc42', `${pci}/0000:00:1f.4/i2c-${b}/${b}-0019`],
        [5, `iwlwifi_${a}`, `${pci}/0000:03:00.0/ieee80211/phy${b}`],
        [6, 'tmp102', `devices/platform/soc/fe804000.i2c/i2c-${a}/${a}-0048`],
        [7, 'corsairpsu', `devices/pci0000:00/0000:00:14.0/usb${a + 1}/0003:1B1C:1C08.000${a}`],
      ] as const;
      for (const [n, name, path] of paths) {
        writeTree(roots.sys, { [`${path}/uevent`]: '' });
        chip(roots, n, name, `../../../${path}`, temp(n * 10));
      }
    });
    expect(second).toEqual(first);
    expect(Object.keys(first ?? {}).sort()).toEqual([
      'hw.temperature{corsairpsu/0000:00:14.0/0003:1B1C:1C08/temp1,corsairpsu}',
      'hw.temperature{drivetemp/0000:00:17.0/ata3/0:0:0/temp1,drivetemp}',
      'hw.temperature{iwlwifi/0000:03:00.0/temp1,iwlwifi}',
      'hw.temperature{jc42/0000:00:1f.4/i2c-0018/temp1,jc42 (0000:00:1f.4/i2c-0018)}',
      'hw.temperature{jc42/0000:00:1f.4/i2c-0019/temp1,jc42 (0000:00:1f.4/i2c-0019)}',
      'hw.temperature{tmp102/fe804000.i2c/i2c-0048/temp1,tmp102}',
    ]);
  });

  it('thermal zones by their kind', async () => {
    const [first, second] = await bothBoots((roots, [a, b]) => {
      const zone = (n: number, type: string, value: string) =>
        writeTree(roots.sys, {
          [`class/thermal/thermal_zone${n}/type`]: type,
          [`class/thermal/thermal_zone${n}/temp`]: value,
        });
      zone(a, 'cpu-thermal', '48000');
      zone(b, 'gpu-thermal', '51000');
    });
    expect(second).toEqual(first);
    expect(first).toEqual({
      'hw.temperature{thermal/cpu-thermal,cpu}': 48,
      'hw.temperature{thermal/gpu-thermal,gpu}': 51,
    });
  });

  it('and no two have one name, even where nothing tells them apart', async () => {
    const roots = fixtureRoots({});
    for (let n = 0; n < 12; n++) chip(roots, n, 'mystery', null, temp(n + 1));
    const values = await readOnce(createTemperatureCollector(roots));
    expect(Object.keys(values)).toHaveLength(12);
    expect(values['hw.temperature{mystery/temp1 #12,mystery #12}']).toBe(12);
  });

  it('processors of a kind are told apart by their places', async () => {
    const roots = fixtureRoots({});
    for (const n of [0, 1]) {
      writeTree(roots.sys, { [`devices/platform/coretemp.${n}/uevent`]: '' });
      chip(roots, n, 'coretemp', `../../../devices/platform/coretemp.${n}`, temp(50 + n, 'Core 0'));
    }
    expect(await readOnce(createTemperatureCollector(roots))).toEqual({
      'hw.temperature{coretemp/coretemp.0/temp1,coretemp.0 Core 0}': 50,
      'hw.temperature{coretemp/coretemp.1/temp1,coretemp.1 Core 0}': 51,
    });
  });
});

describe('what no sensor can have measured is left out', () => {
  it.each([
    '-273150',
    '-128000',
    '-127000',
    '-62000',
    '-55000',
    '126800',
    '127000',
    '127900',
    '127938',
    '255000',
    '65535000',
  ])('%s', (text) => expect(parseTemperature(text)).toBeNull());
  it.each([
    ['54321\n', 54.3],
    ['-20000\n', -20],
    ['105000', 105],
    ['0', 0],
  ])('%j is a temperature', (text, celsius) => expect(parseTemperature(text)).toBe(celsius));
  it.each(['', 'N/A', '12abc', '1e999', 'nan', '0x20', '45.5', ...NONSENSE_TOKENS.slice(4)])('%j', (text) =>
    expect(parseTemperature(text)).toBeNull(),
  );

  it('as are sensors that say they are broken, and those that never said anything but 0', async () => {
    const roots = fixtureRoots({});
    chip(roots, 0, 'nct6775', null, {
      ...temp(40),
      temp1_fault: '1\n',
      temp2_input: '0\n',
      temp3_input: '7000\n',
    });
    const collector = createTemperatureCollector(roots);
    const { slots } = newSlots();
    await collector.read(slots);
    expect(valuesOf(slots)).toEqual({ 'hw.temperature{nct6775/temp3,nct6775 3}': 7 });
    writeTree(roots.sys, { 'class/hwmon/hwmon0/temp3_input': '0\n' });
    await collector.read(slots);
    expect(valuesOf(slots)['hw.temperature{nct6775/temp3,nct6775 3}']).toBe(0);
  });

  it('is a number in range or nothing, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String)), (text) => {
        const celsius = parseTemperature(text);
        if (celsius !== null) expect(celsius > -55.1 && celsius < 126.6).toBe(true);
      }),
    );
  });
});

it('64 sensors are reported, and a warning names the others', async () => {
  const roots = fixtureRoots({});
  for (let n = 1; n <= 70; n++) chip(roots, n, `probe${n}`, null, temp(30));
  const { slots, warnings } = newSlots();
  await createTemperatureCollector(roots).read(slots);
  expect(slots.size).toBe(64);
  expect(warnings).toEqual([
    'this machine has 70 temperature sensors, of which 64 are reported. Left out: probe65, probe66, probe67, probe68, probe69, probe70',
  ]);
});
