import type { DeviceInfo, HeadlineSeries } from '@shared/model';

/** The most value columns in the table, for the labels that most devices have in their headlines. */
export const MAX_VALUE_COLUMNS = 4;
/** The number of devices examined, enough to represent a fleet. */
const LOOKED_AT = 500;

/** Returns the most common headline labels, most common first; ties follow the order on the cards. */
export function valueColumns(devices: readonly DeviceInfo[]): string[] {
  const found = new Map<string, { count: number; place: number }>();
  for (const device of devices.slice(0, LOOKED_AT)) {
    for (const [place, { label }] of device.headline.entries()) {
      const entry = found.get(label) ?? { count: 0, place: 0 };
      entry.count++;
      entry.place += place;
      found.set(label, entry);
    }
  }
  return [...found]
    .sort(([, a], [, b]) => b.count - a.count || a.place / a.count - b.place / b.count)
    .slice(0, MAX_VALUE_COLUMNS)
    .map(([label]) => label);
}

export function headlineOf(device: DeviceInfo, label: string): HeadlineSeries | null {
  return device.headline.find((series) => series.label === label) ?? null;
}
