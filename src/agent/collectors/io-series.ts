import { PRIORITY, type Priority } from './priorities';
import type { SlotTable } from './series-slots';

/** Counters of a disk since the system started; null where the system does not report one. */
export interface DiskCounters {
  readBytes: number | null;
  writtenBytes: number | null;
  reads: number | null;
  writes: number | null;
  readSeconds?: number | null;
  writeSeconds?: number | null;
  busySeconds?: number | null;
}

export function setDisk(slots: SlotTable, device: string, counters: DiskCounters): void {
  const directed = (metric: string, unit: string, read: number | null, write: number | null) => {
    for (const [direction, value] of [
      ['read', read],
      ['write', write],
    ] as const) {
      const declare = () => ({
        name: metric,
        labels: { 'system.device': device, 'disk.io.direction': direction },
        unit,
        kind: 'counter' as const,
      });
      slots.set(`${metric} ${device} ${direction}`, value, declare, PRIORITY.storage);
    }
  };
  directed('system.disk.io', 'By', counters.readBytes, counters.writtenBytes);
  directed('system.disk.operations', '{operation}', counters.reads, counters.writes);
  if (counters.readSeconds !== undefined && counters.writeSeconds !== undefined) {
    directed('system.disk.operation_time', 's', counters.readSeconds, counters.writeSeconds);
  }
  if (counters.busySeconds !== undefined) {
    const declare = () => ({
      name: 'system.disk.io_time',
      labels: { 'system.device': device },
      unit: 's',
      kind: 'counter' as const,
    });
    slots.set(`busy ${device}`, counters.busySeconds, declare, PRIORITY.storage);
  }
}

/** Counters of one direction of a network interface. */
export interface NetworkCounters {
  bytes: number | null;
  packets?: number | null;
  errors: number | null;
  dropped: number | null;
}

export function setNetwork(
  slots: SlotTable,
  name: string,
  direction: 'receive' | 'transmit',
  { bytes, packets, errors, dropped }: NetworkCounters,
  priority: Priority = PRIORITY.networkCard,
): void {
  const put = (metric: string, unit: string, value: number | null, label: string) => {
    const declare = () => ({
      name: metric,
      labels: { [label]: name, 'network.io.direction': direction },
      unit,
      kind: 'counter' as const,
    });
    slots.set(`${metric} ${name} ${direction}`, value, declare, priority);
  };
  put('system.network.io', 'By', bytes, 'network.interface.name');
  // The conventions label this one differently from its siblings.
  if (packets !== undefined) put('system.network.packet.count', '{packet}', packets, 'system.device');
  put('system.network.errors', '{error}', errors, 'network.interface.name');
  put('system.network.packet.dropped', '{packet}', dropped, 'network.interface.name');
}
