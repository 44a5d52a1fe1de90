import type { DeviceInfo, HeadlineSeries } from '@shared/model';

/** Columns of values in the table: the words that most devices sum themselves up with. */
export const MAX_VALUE_COLUMNS = 4;
/** Enough of a fleet to know what it consists of. */
const LOOKED_AT = 500;

/** The most common headline words, the commonest first; equals as cards order them. */
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
