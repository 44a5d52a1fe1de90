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
    slots.set(`${name.mountpoint} ${state}`, value, () => ({
      name: 'system.filesystem.usage',
      labels: { ...labels, 'system.filesystem.state': state },
      unit: 'By',
      kind: 'gauge',
      min: 0,
      max: space.total,
    }));
  }
  // As df(1) counts: what is reserved can neither be used nor filled.
  const fillable = space.used + space.free;
  slots.set(
    `${name.mountpoint} share`,
    fillable > 0 ? Math.round((space.used / fillable) * 1e5) / 1e5 : null,
    () => ({
      name: 'system.filesystem.utilization',
      labels,
      unit: '1',
      kind: 'gauge',
      min: 0,
      max: 1,
    }),
  );
  slots.set(`${name.mountpoint} limit`, space.total, () => ({
    name: 'system.filesystem.limit',
    labels,
    unit: 'By',
    kind: 'gauge',
    min: 0,
  }));
}
