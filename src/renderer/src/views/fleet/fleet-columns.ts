import { VITAL_NAMES, VITAL_TITLES } from '@shared/metrics/vitals';
import type { DeviceInfo, DeviceVitals, HeadlineSeries, VitalName } from '@shared/model';
import { STATE_ORDER } from '../../lib/components/connection-state';

/** The values that columns show besides the device itself. */
export type VitalsById = ReadonlyMap<string, DeviceVitals>;

export interface FleetColumn {
  id: string;
  label: string;
  isNumber: boolean;
  /** The order that a first click on its header gives. */
  descendingFirst: boolean;
  /** The least width that it is readable in, CSS pixels. */
  minWidth: number;
  /** Its share of the width that is left over; 0 keeps it at `minWidth`. */
  grow: number;
  /** Where there is little room, the columns with the highest numbers go first. */
  expendable: number;
  /** What rows are sorted by; null comes last. */
  keyOf: (device: DeviceInfo, vitals: VitalsById) => number | string | null;
}

/** Headline labels that repeat a vital. */
const REPEATED = new Set(['CPU', 'Memory', 'Net', 'Sent', 'Temp']);
const VALUE = 'value:';
/** The most value columns unless the user chooses them. */
const MAX_VALUES = 6;
/** The most headline labels that columns are offered for. */
const MAX_LABELS = 12;
/** The number of devices examined, enough to represent a fleet. */
const LOOKED_AT = 500;
const NAME_WIDTH = 130;
const GAP = 16;

const FIXED: readonly FleetColumn[] = [
  text('state', 'State', 116, 0, 1, (device) => STATE_ORDER[device.state]),
  text('address', 'Address', 120, 1, 6, (device) => device.address),
  ...VITAL_NAMES.map((name, i) => vitalColumn(name, i)),
  number('rtt', 'Round trip', 84, 5, (device) => device.rttMs),
  number('every', 'Interval', 66, 7, (device) => device.intervalMs),
  number('seen', 'Last seen', 92, 3, (device) => roundedSeen(device)),
  number('joined', 'First seen', 92, 8, (device) => device.firstSeenAt),
  text('tags', 'Tags', 80, 1, 4, (device) => device.tags.join(', ') || null),
];

function text(
  id: string,
  label: string,
  minWidth: number,
  grow: number,
  expendable: number,
  keyOf: FleetColumn['keyOf'],
): FleetColumn {
  return { id, label, isNumber: false, descendingFirst: false, minWidth, grow, expendable, keyOf };
}

function number(
  id: string,
  label: string,
  minWidth: number,
  expendable: number,
  keyOf: FleetColumn['keyOf'],
): FleetColumn {
  return { id, label, isNumber: true, descendingFirst: true, minWidth, grow: 0, expendable, keyOf };
}

function vitalColumn(name: VitalName, place: number): FleetColumn {
  return {
    ...number(name, VITAL_TITLES[name], name === 'disk' ? 104 : 78, 2 + place / 10, (device, vitals) =>
      valueOf(vitals.get(device.id)?.values[name]?.value),
    ),
    grow: 0.7,
  };
}

/** Rounds to steps of ten seconds, so that online devices do not keep changing places. */
function roundedSeen({ lastSeenAt }: DeviceInfo): number | null {
  return lastSeenAt === null ? null : Math.floor(lastSeenAt / 10_000);
}

function valueOf(value: number | null | undefined): number | null {
  return value ?? null;
}

function headlineColumn(label: string, place: number): FleetColumn {
  return {
    ...number(`${VALUE}${label}`, label, 78, 2.7 + place / 10, (device, vitals) => {
      const at = device.headline.findIndex((series) => series.label === label);
      return at < 0 ? null : valueOf(vitals.get(device.id)?.headline[at]);
    }),
    grow: 0.7,
  };
}

/** The vital that a column shows; null for other columns. */
export function vitalOf({ id }: FleetColumn): VitalName | null {
  return VITAL_NAMES.find((name) => name === id) ?? null;
}

/** The headline series that a column shows for a device; null if it has none, or for other columns. */
export function headlineOf(device: DeviceInfo, { id }: FleetColumn): HeadlineSeries | null {
  if (!id.startsWith(VALUE)) return null;
  const label = id.slice(VALUE.length);
  return device.headline.find((series) => series.label === label) ?? null;
}

/** Returns all columns that say something about devices with these headline labels, in the order of the table. */
export function columnsFor(labels: readonly string[]): FleetColumn[] {
  const own = labels.slice(0, MAX_LABELS).filter((label) => !REPEATED.has(label));
  const values = own.map(headlineColumn);
  const at = FIXED.findIndex(({ id }) => id === 'rtt');
  return [...FIXED.slice(0, at), ...values, ...FIXED.slice(at)];
}

/** Returns the columns that are shown unless the user chooses others. */
export function usualColumns(all: readonly FleetColumn[], labels: readonly string[]): FleetColumn[] {
  const hasComputers = labels.includes('CPU') || labels.includes('Memory');
  const isUsual = (column: FleetColumn): boolean => {
    if (['address', 'every', 'joined', 'uptime'].includes(column.id)) return false;
    const vital = vitalOf(column);
    if (vital === null) return true;
    return vital === 'temperature' ? hasComputers || labels.includes('Temp') : hasComputers;
  };
  let values = 0;
  return all.filter(
    (column) =>
      isUsual(column) &&
      (vitalOf(column) === null && !column.id.startsWith(VALUE) ? true : ++values <= MAX_VALUES),
  );
}

/** Leaves out columns until the others fit in `width`, CSS pixels; the one that the rows are sorted by stays. */
export function fittingColumns(
  columns: readonly FleetColumn[],
  width: number,
  sortedBy: string,
): FleetColumn[] {
  const kept = [...columns];
  const needed = () => NAME_WIDTH + kept.reduce((sum, { minWidth }) => sum + minWidth + GAP, 0);
  while (kept.length > 1 && needed() > width) {
    const rank = ({ id, expendable }: FleetColumn) => (id === sortedBy ? -1 : expendable);
    const worst = kept.reduce((a, b) => (rank(b) >= rank(a) ? b : a));
    kept.splice(kept.indexOf(worst), 1);
  }
  return kept;
}

/** The widths of the name's column and of these, for `grid-template-columns`. */
export function columnWidths(columns: readonly FleetColumn[]): string {
  const tracks = columns.map(({ minWidth, grow }) =>
    grow > 0 ? `minmax(${minWidth}px, ${grow}fr)` : `${minWidth}px`,
  );
  return [`minmax(${NAME_WIDTH}px, 1.6fr)`, ...tracks].join(' ');
}

/** Returns the headline labels of some devices, most common first; ties follow the order on the cards. */
export function commonLabels(devices: readonly DeviceInfo[]): string[] {
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
    .map(([label]) => label);
}
