import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { setDisk, type DiskCounters } from '../io-series';
import { KernelFile, parseCount } from '../kernel-file';
import { MAX_DISKS } from '../priorities';

/** The unit of `/proc/diskstats`, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;
const LOOK_EVERY_MS = 30_000;
/**
 * Also matches the single paths of a multipath NVMe disk, because the disk counts their bytes too, and a card's boot
 * areas.
 */
const NOT_DISKS = /^(loop|ram|sr|fd|nbd)\d|^nvme\d+c\d+n\d+|^mmcblk\d+(boot\d|rpmb)/;
const PARTITION = /^((sd|vd|xvd|hd|dasd)[a-z]+\d+|(nvme\d+n|mmcblk|md|nbd|rbd|zd|drbd)\d+p\d+)$/;
const HARDWARE = /^(sd|nvme|vd|xvd|hd|mmcblk|dasd)/;

/** `system.disk.*` of whole disks, from `/proc/diskstats`; partitions would only repeat them. */
export function createDiskCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'diskstats'));
  let nameOf = wholeDisks(roots.sys);
  let lookedAt = performance.now();

  return {
    name: 'disk',
    everyMs: 0,
    read(slots) {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = performance.now();
        nameOf = wholeDisks(roots.sys);
      }
      const disks = new Map<string, { isHardware: boolean; counters: DiskCounters }>();
      for (const { device, counters } of parseDiskStats(file.read())) {
        const name = nameOf(device);
        // A disk that has never been used (a spare zram, an empty card reader) needs no chart.
        if (name === null || (counters.reads === 0 && counters.writes === 0)) continue;
        disks.set(name, { isHardware: HARDWARE.test(device), counters });
      }
      // A server may have hundreds of volumes, but it has only so many disks.
      const sorted = [...disks].sort(([, a], [, b]) => Number(b.isHardware) - Number(a.isHardware));
      for (const [name, { counters }] of sorted.slice(0, MAX_DISKS)) setDisk(slots, name, counters);
      const leftOut = sorted.slice(MAX_DISKS).map(([name]) => name);
      slots.leftOut('disks', leftOut, MAX_DISKS);
    },
    dispose: () => file.dispose(),
  };
}

/** Parses `/proc/diskstats`. A column that is not a number becomes null; other lines are skipped. */
export function parseDiskStats(text: string): { device: string; counters: DiskCounters }[] {
  const found = [];
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/\s+/, 14);
    const device = columns[2];
    if (device === undefined || columns.length < 14) continue;
    const count = (i: number) => parseCount(columns[i]);
    const bytes = (i: number) => scaled(count(i), (sectors) => sectors * SECTOR_BYTES);
    const seconds = (i: number) => scaled(count(i), (ms) => ms / 1_000);
    found.push({
      device,
      counters: {
        reads: count(3),
        readBytes: bytes(5),
        readSeconds: seconds(6),
        writes: count(7),
        writtenBytes: bytes(9),
        writeSeconds: seconds(10),
        busySeconds: seconds(12),
      },
    });
  }
  return found;
}

const scaled = (count: number | null, scale: (count: number) => number) =>
  count === null ? null : scale(count);

/**
 * Maps a kernel name to the name shown; null if it is not a whole disk. Logical volumes have the name their owner
 * chose.
 */
function wholeDisks(sys: string): (device: string) => string | null {
  const folder = join(sys, 'block');
  let devices: Set<string>;
  try {
    devices = new Set(readdirSync(folder));
  } catch {
    // Some containers have no sysfs; the names tell partitions apart well enough.
    return (device) => (NOT_DISKS.test(device) || PARTITION.test(device) ? null : device);
  }
  const names = new Map<string, string>();
  return (device) => {
    if (NOT_DISKS.test(device) || !devices.has(device)) return null;
    let name = names.get(device);
    if (name === undefined) names.set(device, (name = volumeName(folder, device)));
    return name;
  };
}

function volumeName(folder: string, device: string): string {
  if (!device.startsWith('dm-')) return device;
  try {
    return readFileSync(join(folder, device, 'dm', 'name'), 'latin1').trim() || device;
  } catch {
    // Not every kernel provides the name; the kernel's own is used instead.
    return device;
  }
}
