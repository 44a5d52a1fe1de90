import { cpus, freemem, loadavg, totalmem, uptime } from 'node:os';
import { share, type Collector } from '../collector';
import { setMemory } from '../memory-series';
import { MAX_PROCESSORS, PRIORITY } from '../priorities';

/** The index of idle time, the only counter that may go back a little. */
const IDLE = 3;

/** Creates the collector of processor figures from `node:os`, which every system has; cheap enough for every row. */
export function createPortableCpuCollector(): Collector {
  let before: number[][] = [];
  return {
    name: 'cpu',
    everyMs: 0,
    read(slots) {
      const now = cpus().map(({ times }) => [times.user, times.nice, times.sys, times.idle, times.irq]);
      // Counters that fell were reset, so their increase before the reset is unknown.
      const fell = now.some((times, core) =>
        times.some((ms, i) => ms < (before[core]?.[i] ?? 0) && i !== IDLE),
      );
      if (before.length === now.length && !fell) {
        const sum = [0, 0, 0, 0, 0];
        const leftOut = now.slice(MAX_PROCESSORS).map((_, core) => `cpu${core + MAX_PROCESSORS}`);
        slots.leftOut('processors', leftOut, MAX_PROCESSORS);
        for (const [core, times] of now.entries()) {
          const delta = times.map((value, i) => Math.max(0, value - (before[core]?.[i] ?? 0)));
          for (const [i, value] of delta.entries()) sum[i] = (sum[i] ?? 0) + value;
          const total = delta.reduce((a, b) => a + b, 0);
          if (core >= MAX_PROCESSORS) continue;
          const busy = share(total - (delta[3] ?? 0), total);
          const declareCore = () => declare({ 'cpu.logical_number': `${core}` });
          slots.set(`${core}`, busy, declareCore, PRIORITY.processor);
        }
        const [user = 0, nice = 0, system = 0, idle = 0, interrupt = 0] = sum;
        const total = user + nice + system + idle + interrupt;
        slots.set('all', share(total - idle, total), () => declare({}));
        for (const [mode, ms] of Object.entries({ user, nice, system, idle, interrupt })) {
          slots.set(mode, share(ms, total), () => declare({ 'cpu.mode': mode }));
        }
      }
      before = now;
    },
  };
}

function declare(labels: Record<string, string>) {
  return { name: 'system.cpu.utilization', labels, unit: '1', kind: 'gauge' as const, min: 0, max: 1 };
}

/** `free` is the system's figure; the size of the cache can only be read by slower means. */
export function createPortableMemoryCollector(): Collector {
  return {
    name: 'memory',
    everyMs: 0,
    read(slots) {
      const total = totalmem();
      const free = freemem();
      setMemory(slots, total, { used: total - free, free });
      slots.set('utilization', share(total - free, total), () => ({
        name: 'system.memory.utilization',
        labels: { 'system.memory.state': 'used' },
        unit: '1',
        kind: 'gauge',
        min: 0,
        max: 1,
      }));
    },
  };
}

export function createPortableLoadCollector(): Collector {
  return {
    name: 'load',
    everyMs: 0,
    read(slots) {
      for (const [i, period] of ['1m', '5m', '15m'].entries()) {
        slots.set(period, Math.round((loadavg()[i] ?? 0) * 100) / 100, () => ({
          name: `system.cpu.load_average.${period}`,
          unit: '{thread}',
          kind: 'gauge',
          min: 0,
        }));
      }
    },
  };
}

export function createPortableUptimeCollector(): Collector {
  return {
    name: 'uptime',
    everyMs: 0,
    read(slots) {
      slots.set('uptime', uptime(), () => ({ name: 'system.uptime', unit: 's', kind: 'gauge', min: 0 }));
    },
  };
}
