import { setBattery } from '../battery-series';
import type { Collector, CollectorName } from '../collector';
import { setFileSystem } from '../file-system-series';
import { setDisk, setNetwork } from '../io-series';
import { setSwap } from '../memory-series';
import { setProcessCount } from '../process-series';
import type { SlotTable } from '../series-slots';
import { loadSystemInformation, type SystemInformation } from './system-information';

const MAX_ITEMS = 32;

/**
 * Facts that Windows and macOS report only through systeminformation, which starts programs to find out, so the periods
 * are long. It is loaded at the first read, and never on Linux.
 */
export function createSlowCollectors(): Collector[] {
  return [
    slow('network', 5_000, readNetwork),
    slow('disk', 5_000, readDisk),
    slow('paging', 30_000, readSwap),
    slow('filesystem', 60_000, readFileSystems),
    slow('temperature', 30_000, readTemperature),
    slow('processes', 60_000, readProcesses),
    slow('battery', 60_000, readBattery),
  ];
}

function slow(
  name: CollectorName,
  everyMs: number,
  read: (si: SystemInformation, slots: SlotTable) => Promise<void>,
): Collector {
  return { name, everyMs, read: async (slots) => read(await loadSystemInformation(), slots) };
}

async function readNetwork(si: SystemInformation, slots: SlotTable): Promise<void> {
  const all = await si.networkStats('*');
  const used = all.filter(({ rx_bytes, tx_bytes }) => rx_bytes !== 0 || tx_bytes !== 0);
  const leftOut = used.slice(MAX_ITEMS).map(({ iface }) => iface);
  slots.leftOut('network interfaces', leftOut, MAX_ITEMS);
  for (const stats of used.slice(0, MAX_ITEMS)) {
    setNetwork(slots, stats.iface, 'receive', {
      bytes: stats.rx_bytes,
      errors: stats.rx_errors,
      dropped: stats.rx_dropped,
    });
    setNetwork(slots, stats.iface, 'transmit', {
      bytes: stats.tx_bytes,
      errors: stats.tx_errors,
      dropped: stats.tx_dropped,
    });
  }
}

/**
 * Reads the operations of all disks together, as systeminformation counts them; bytes only if the system reports them.
 */
async function readDisk(si: SystemInformation, slots: SlotTable): Promise<void> {
  const [operations, bytes] = [await si.disksIO(), await si.fsStats()];
  // Windows has neither and answers null.
  if (!operations && !bytes) return;
  setDisk(slots, 'all', {
    readBytes: bytes?.rx ?? null,
    writtenBytes: bytes?.wx ?? null,
    reads: operations?.rIO ?? null,
    writes: operations?.wIO ?? null,
  });
}

async function readSwap(si: SystemInformation, slots: SlotTable): Promise<void> {
  const { swaptotal, swapfree } = await si.mem();
  setSwap(slots, swaptotal, swapfree);
}

async function readFileSystems(si: SystemInformation, slots: SlotTable): Promise<void> {
  const all = (await si.fsSize()).filter(({ size }) => size > 0);
  const leftOut = all.slice(MAX_ITEMS).map(({ mount }) => mount);
  slots.leftOut('file systems', leftOut, MAX_ITEMS);
  for (const fs of all.slice(0, MAX_ITEMS)) {
    setFileSystem(
      slots,
      { device: fs.fs, mountpoint: fs.mount, kind: fs.type },
      { total: fs.size, used: fs.used, free: fs.available, reserved: fs.size - fs.used - fs.available },
    );
  }
}

async function readTemperature(si: SystemInformation, slots: SlotTable): Promise<void> {
  const { main } = await si.cpuTemperature();
  if (typeof main !== 'number' || !(main > 0)) return;
  slots.set('cpu', main, () => ({
    name: 'hw.temperature',
    labels: { 'hw.id': 'cpu', 'hw.name': 'CPU' },
    unit: 'Cel',
    kind: 'gauge',
  }));
}

async function readProcesses(si: SystemInformation, slots: SlotTable): Promise<void> {
  const { all, running, blocked } = await si.processes();
  setProcessCount(slots, null, all);
  setProcessCount(slots, 'running', running);
  setProcessCount(slots, 'blocked', blocked);
}

async function readBattery(si: SystemInformation, slots: SlotTable): Promise<void> {
  const battery = await si.battery();
  if (!battery.hasBattery) return;
  const minutes = battery.timeRemaining;
  setBattery(slots, battery.model || 'battery', {
    charge: Math.min(1, Math.max(0, battery.percent / 100)),
    secondsLeft: !battery.isCharging && minutes > 0 ? minutes * 60 : null,
  });
}
