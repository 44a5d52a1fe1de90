import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collector, SystemRoots } from '../collector';
import { setDisk } from '../io-series';
import { KernelFile } from '../kernel-file';

/** The unit of `/proc/diskstats`, whatever the disk's own sectors are. */
const SECTOR_BYTES = 512;
const MAX_DISKS = 32;
const LOOK_EVERY_MS = 30_000;
const NOT_DISKS = /^(loop|ram|sr|fd|nbd)\d/;

/** `system.disk.*` of whole disks, from `/proc/diskstats`; partitions would only repeat them. */
export function createDiskCollector(roots: SystemRoots): Collector {
  const file = new KernelFile(join(roots.proc, 'diskstats'));
  let names = new Map<string, string>();
  let lookedAt = -Infinity;

  return {
    name: 'disk',
    everyMs: 0,
    read(slots) {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        lookedAt = performance.now();
        names = wholeDisks(roots.sys);
      }
      const active = new Set<string>();
      for (const line of file.read().split('\n')) {
        const columns = line.trim().split(/ +/, 14);
        const device = columns[2];
        const shown = device === undefined ? undefined : names.get(device);
        if (shown === undefined || active.size >= MAX_DISKS) continue;
        const at = (i: number) => Number(columns[i] ?? 0) || 0;
        // A disk that never did anything (a spare zram, an empty card reader) is not worth a chart.
        if (at(3) === 0 && at(7) === 0) continue;
        active.add(shown);
        setDisk(slots, shown, {
          readBytes: at(5) * SECTOR_BYTES,
          writtenBytes: at(9) * SECTOR_BYTES,
          reads: at(3),
          writes: at(7),
          readSeconds: at(6) / 1_000,
          writeSeconds: at(10) / 1_000,
          busySeconds: at(12) / 1_000,
        });
      }
    },
    dispose: () => file.dispose(),
  };
}

/** Kernel name to shown name; logical volumes go by the name their owner gave them. */
function wholeDisks(sys: string): Map<string, string> {
  const names = new Map<string, string>();
  for (const device of readdirSync(join(sys, 'block'))) {
    if (NOT_DISKS.test(device)) continue;
    let shown = device;
    if (device.startsWith('dm-')) {
      try {
        shown = readFileSync(join(sys, 'block', device, 'dm', 'name'), 'latin1').trim() || device;
      } catch {
        // Not every kernel tells; the kernel's own name does.
      }
    }
    names.set(device, shown);
  }
  return names;
}
