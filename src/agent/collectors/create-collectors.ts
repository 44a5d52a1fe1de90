import { platform } from 'node:os';
import { SYSTEM_ROOTS, type Collector, type CollectorName, type SystemRoots } from './collector';
import { createBatteryCollector } from './linux/battery';
import { createCpuCollector } from './linux/cpu';
import { createDiskCollector } from './linux/disk';
import { createFileSystemCollector } from './linux/file-systems';
import { createLoadCollector } from './linux/load';
import { createMemoryCollector } from './linux/memory';
import { createNetworkCollector } from './linux/network';
import { createPagingCollector } from './linux/paging';
import { createProcessesCollector } from './linux/processes';
import { createTemperatureCollector } from './linux/temperature';
import { createUptimeCollector } from './linux/uptime';
import {
  createPortableCpuCollector,
  createPortableLoadCollector,
  createPortableMemoryCollector,
  createPortableUptimeCollector,
} from './portable/core';
import { createSlowCollectors } from './portable/slow';
import { createSelfCollector, type SelfFacts } from './self';

/** Creates the collectors for this system: all of them, or those in `only`. */
export function createCollectors(
  self: SelfFacts,
  only: readonly CollectorName[] | null,
  roots: SystemRoots = SYSTEM_ROOTS,
  system: NodeJS.Platform = platform(),
): Collector[] {
  const collectors = system === 'linux' ? linuxCollectors(roots) : portableCollectors(system);
  collectors.push(createSelfCollector(self));
  return only === null ? collectors : collectors.filter((collector) => only.includes(collector.name));
}

function linuxCollectors(roots: SystemRoots): Collector[] {
  return [
    createCpuCollector(roots),
    createLoadCollector(roots),
    createMemoryCollector(roots),
    createPagingCollector(roots),
    createNetworkCollector(roots),
    createDiskCollector(roots),
    createFileSystemCollector(roots),
    createTemperatureCollector(roots),
    createProcessesCollector(roots),
    createUptimeCollector(roots),
    createBatteryCollector(roots),
  ];
}

function portableCollectors(system: NodeJS.Platform): Collector[] {
  const core = [
    createPortableCpuCollector(),
    createPortableMemoryCollector(),
    createPortableUptimeCollector(),
  ];
  // Windows has no load average; node:os returns 0 there, which would look like a measurement.
  if (system !== 'win32') core.push(createPortableLoadCollector());
  return [...core, ...createSlowCollectors()];
}
