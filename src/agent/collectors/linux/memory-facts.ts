import { fieldOf } from '../kernel-file';

const KIB = 1024;

/** Bytes. The states add up to the total; null if the kernel does not report enough. */
export interface MemoryFacts {
  total: number;
  used: number;
  cached: number;
  buffers: number;
  free: number;
  /** Memory that programs could still use without swapping. */
  available: number;
  shared: number | null;
}

/**
 * Calculates memory figures from `/proc/meminfo` and ZFS's `arcstats` (null without ZFS). `used` is memory that
 * programs could not get back (MemTotal - MemAvailable), as in the OpenTelemetry conventions. ZFS's cache shrinks to
 * `c_min` when programs need memory, but the kernel does not count it as available. Containers may show the host's
 * figures with a total of their own, so figures above the total are ignored, and so is a ZFS cache larger than all
 * memory in use. Returns null for any other text.
 */
export function memoryFacts(meminfo: string, arcstats: string | null): MemoryFacts | null {
  const field = (name: string) => {
    const value = fieldOf(meminfo, `${name}:`);
    return value === null ? null : value * KIB;
  };
  const total = field('MemTotal');
  const ownFree = field('MemFree');
  if (total === null || total <= 0 || ownFree === null) return null;
  const free = Math.min(ownFree, total);
  const credible = (bytes: number | null) => (bytes === null || bytes > total ? null : bytes);

  const shared = credible(field('Shmem'));
  const buffers = credible(field('Buffers')) ?? 0;
  const pages = Math.max(0, (credible(field('Cached')) ?? 0) - (shared ?? 0));
  const cache = pages + (credible(field('SReclaimable')) ?? 0);
  // Kernels before 3.14 have no MemAvailable.
  const told = credible(field('MemAvailable')) ?? free + buffers + cache;
  const available = Math.min(total, Math.max(free, told + reclaimableArc(arcstats, total - told)));

  const ownBuffers = Math.min(buffers, available - free);
  return {
    total,
    used: total - available,
    cached: available - free - ownBuffers,
    buffers: ownBuffers,
    free,
    available,
    shared,
  };
}

function reclaimableArc(arcstats: string | null, inUse: number): number {
  if (arcstats === null) return 0;
  const field = (name: string) => {
    const value = new RegExp(`^${name}\\s+\\d+\\s+(\\d{1,20})\\s*$`, 'm').exec(arcstats)?.[1];
    return value === undefined ? null : Number(value);
  };
  const [size, least] = [field('size'), field('c_min')];
  return size === null || size > inUse ? 0 : Math.max(0, size - (least ?? 0));
}
