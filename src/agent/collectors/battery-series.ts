import type { SlotTable } from './series-slots';

export function setBattery(
  slots: SlotTable,
  id: string,
  { charge, secondsLeft }: { charge: number; secondsLeft: number | null },
): void {
  const labels = { 'hw.id': id, 'hw.name': id };
  slots.set(`${id} charge`, charge, () => ({
    name: 'hw.battery.charge',
    labels,
    unit: '1',
    kind: 'gauge',
    min: 0,
    max: 1,
  }));
  slots.set(`${id} time`, secondsLeft === null ? null : Math.round(secondsLeft), () => ({
    name: 'hw.battery.time_left',
    labels: { ...labels, 'hw.state': 'discharging' },
    unit: 's',
    kind: 'gauge',
    min: 0,
  }));
}
