import { PRIORITY } from './priorities';
import type { SlotTable } from './series-slots';

export interface FileSystemName {
  device: string;
  mountpoint: string;
  kind: string;
}

/** Bytes. `free` is what ordinary users can still fill, `reserved` what only the system can. */
export interface FileSystemSpace {
  total: number;
  used: number;
  free: number;
  reserved: number;
}

export function setFileSystem(slots: SlotTable, name: FileSystemName, space: FileSystemSpace): void {
  const labels = {
    'system.device': name.device,
    'system.filesystem.mountpoint': name.mountpoint,
    'system.filesystem.type': name.kind,
  };
  const states = { used: space.used, free: space.free, reserved: space.reserved };
  for (const [state, value] of Object.entries(states)) {
    if (state === 'reserved' && value <= 0) continue;
    const declare = () => ({
      name: 'system.filesystem.usage',
      labels: { ...labels, 'system.filesystem.state': state },
      unit: 'By',
      kind: 'gauge' as const,
      min: 0,
      max: space.total,
    });
    slots.set(`${name.mountpoint} ${state}`, value, declare, PRIORITY.storage, space.total);
  }
  // Counted as in df(1): reserved space can neither be used nor filled.
  const fillable = space.used + space.free;
  const used = fillable > 0 ? Math.round((space.used / fillable) * 1e5) / 1e5 : null;
  const declareShare = () => ({
    name: 'system.filesystem.utilization',
    labels,
    unit: '1',
    kind: 'gauge' as const,
    min: 0,
    max: 1,
  });
  slots.set(`${name.mountpoint} share`, used, declareShare, PRIORITY.storage);
  const declareLimit = () => ({
    name: 'system.filesystem.limit',
    labels,
    unit: 'By',
    kind: 'gauge' as const,
    min: 0,
  });
  slots.set(`${name.mountpoint} limit`, space.total, declareLimit, PRIORITY.storage);
}

/** Records that the file system exists but its usage cannot be read now. */
export function setFileSystemUnknown(slots: SlotTable, mountpoint: string): void {
  for (const what of ['used', 'free', 'reserved', 'share', 'limit'])
    slots.setUnknown(`${mountpoint} ${what}`);
}
