import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixtureRoots } from '../../testing/test-support';
import { newSlots, NONSENSE_TOKENS, readOnce, valuesOf } from '../../testing/collector-support';
import { createDiskCollector, parseDiskStats } from './disk';

const line = (device: string) =>
  `   8       0 ${device} 10 1 100 2000 20 2 200 3000 0 4000 5000 0 0 0 0 0 0\n`;
const disksOf = (values: Record<string, unknown>) => [
  ...new Set(Object.keys(values).map((name) => /\{([^,}]*)/.exec(name)?.[1])),
];
const DEVICES = [
  ...[
    'sda',
    'sda1',
    'nvme0n1',
    'nvme0n1p2',
    'nvme1c0n1',
    'mmcblk0',
    'mmcblk0p1',
    'mmcblk0boot0',
    'md0',
    'md0p1',
  ],
  ...['zram0', 'dm-0', 'loop3', 'sr0', 'ram0', 'zd16', 'zd16p1', 'vda', 'vda15', 'xvda', 'rbd0', 'bcache0'],
];
const WHOLE = ['sda', 'nvme0n1', 'mmcblk0', 'vda', 'xvda', 'md0', 'zram0', 'dm-0', 'zd16', 'rbd0', 'bcache0'];
const stats = DEVICES.map(line).join('');

describe('the disk collector', () => {
  it('reports whole disks by what sysfs lists', async () => {
    const listed = DEVICES.filter(
      (device) => WHOLE.includes(device) || /^(nvme1c0n1|loop|mmcblk0boot0|sr)/.test(device),
    );
    const folders = Object.fromEntries(listed.map((device) => [`sys/block/${device}/size`, '1']));
    const values = await readOnce(createDiskCollector(fixtureRoots({ ...folders, 'proc/diskstats': stats })));
    expect(disksOf(values)).toEqual(WHOLE);
  });

  it('and by their names where there is no sysfs', async () => {
    expect(disksOf(await readOnce(createDiskCollector(fixtureRoots({ 'proc/diskstats': stats }))))).toEqual(
      WHOLE,
    );
  });

  it('reports hardware before volumes, 64 of them, and names the others', async () => {
    const volumes = Array.from({ length: 100 }, (_, i) => `zd${i * 16}`);
    const roots = fixtureRoots({ 'proc/diskstats': [...volumes, 'sda', 'sdb'].map(line).join('') });
    const { slots, warnings } = newSlots();
    await createDiskCollector(roots).read(slots);
    expect(disksOf(valuesOf(slots))).toEqual(['sda', 'sdb', ...volumes.slice(0, 62)]);
    expect(warnings).toEqual([
      expect.stringMatching(/102 disks, of which 64 are reported. Left out: zd992, .* and 28 more/),
    ]);
  });
});

it('/proc/diskstats gives counts or nothing', () => {
  const token = fc.oneof(fc.nat().map(String), fc.constantFrom(...NONSENSE_TOKENS), fc.string());
  fc.assert(
    fc.property(fc.array(fc.array(token, { maxLength: 20 })), (lines) => {
      for (const { counters } of parseDiskStats(lines.map((tokens) => tokens.join(' ')).join('\n'))) {
        for (const value of Object.values(counters)) {
          expect(value === null || (Number.isFinite(value) && value >= 0)).toBe(true);
        }
      }
    }),
  );
});
