import type { SeriesInfo, VitalName } from '../model';
import { describeMetric } from './catalogue';
import { unitOf } from './chart-spec';
import { interfaceOf, interfaceRank, labelOf } from './series-labels';

/** The order of tiles and table columns. */
export const VITAL_NAMES: readonly VitalName[] = [
  'cpu',
  'memory',
  'disk',
  'temperature',
  'network',
  'uptime',
];

export const VITAL_TITLES: Readonly<Record<VitalName, string>> = {
  cpu: 'CPU',
  memory: 'Memory',
  disk: 'Fullest disk',
  temperature: 'Temperature',
  network: 'Network',
  uptime: 'Uptime',
};

/** The unit of each vital's value; a network's is a rate of it per second. */
export const VITAL_UNITS: Readonly<Record<VitalName, string>> = {
  cpu: '1',
  memory: '1',
  disk: '1',
  temperature: 'Cel',
  network: 'By',
  uptime: 's',
};

/** One vital of one device, and the series that it is made of. */
export interface Vital {
  name: VitalName;
  /** `worst`: the highest value of all; `total`: their sum, rates for counters. */
  of: 'worst' | 'total';
  series: VitalSeries[];
}

export interface VitalSeries {
  id: number;
  /** Says which one it is: a mount point, a sensor, an interface; empty if there is nothing to tell. */
  label: string;
  kind: SeriesInfo['kind'];
  /** The share of this that a value is; null if the value is already what is shown. */
  per: number | null;
}

const MAX_LABEL = 64;
/** Virtual interfaces only repeat the traffic of others. */
const VIRTUAL_RANK = 7;

/** Returns the vitals that a device's series make up, in the order of {@link VITAL_NAMES}. */
export function vitalsOf(series: readonly SeriesInfo[]): Vital[] {
  const found: Vital[] = [];
  const add = (name: VitalName, of: Vital['of'], chosen: VitalSeries[]): void => {
    if (chosen.length > 0) found.push({ name, of, series: chosen });
  };
  add('cpu', 'total', cpu(series));
  add('memory', 'worst', memory(series));
  add('disk', 'worst', disks(series));
  add('temperature', 'worst', temperatures(series));
  add('network', 'total', network(series));
  add(
    'uptime',
    'worst',
    series
      .filter(({ metric }) => metric === 'system.uptime')
      .slice(0, 1)
      .map((one) => part(one, '')),
  );
  return found;
}

function part(series: SeriesInfo, label: string, per: number | null = null): VitalSeries {
  return { id: series.id, label: label.slice(0, MAX_LABEL), kind: series.kind, per };
}

/** The whole machine, or else the sum of all modes but idle. */
function cpu(series: readonly SeriesInfo[]): VitalSeries[] {
  const all = series.filter(({ metric, unit }) => metric === 'system.cpu.utilization' && unit !== '%');
  const whole = all.find(({ labels }) => Object.keys(labels).length === 0);
  if (whole) return [part(whole, '')];
  return all
    .filter(({ labels }) => labelOf(labels, 'cpu.logical_number') === undefined)
    .filter(({ labels }) => !['idle', undefined].includes(labelOf(labels, 'cpu.mode')))
    .map((one) => part(one, labelOf(one.labels, 'cpu.mode') ?? ''));
}

function memory(series: readonly SeriesInfo[]): VitalSeries[] {
  const used = (one: SeriesInfo) => (labelOf(one.labels, 'system.memory.state') ?? 'used') === 'used';
  const share = series.find((one) => one.metric === 'system.memory.utilization' && used(one));
  if (share) return [part(share, '')];
  const bytes = series.find((one) => one.metric === 'system.memory.usage' && used(one));
  return bytes?.max ? [part(bytes, '', bytes.max)] : [];
}

function disks(series: readonly SeriesInfo[]): VitalSeries[] {
  return series
    .filter(({ metric }) => metric === 'system.filesystem.utilization')
    .map((one) => part(one, labelOf(one.labels, 'system.filesystem.mountpoint', 'system.device') ?? ''));
}

/** The sensors of a computer, or else whatever a board calls a temperature. */
function temperatures(series: readonly SeriesInfo[]): VitalSeries[] {
  const hardware = series.filter(({ metric }) => metric === 'hw.temperature');
  const chosen =
    hardware.length > 0
      ? hardware
      : series.filter(
          (one) => describeMetric(one.metric)?.title === 'Temperature' && ['Cel', '°C'].includes(unitOf(one)),
        );
  return chosen.map((one) =>
    part(
      one,
      labelOf(one.labels, 'hw.name', 'hw.sensor_location', 'hw.id') ??
        (hardware.length > 0 ? '' : one.metric),
    ),
  );
}

/** Both directions of all network cards; of virtual interfaces only if there is nothing else. */
function network(series: readonly SeriesInfo[]): VitalSeries[] {
  const all = series.filter(({ metric }) => metric === 'system.network.io');
  const rankOf = (one: SeriesInfo) => interfaceRank(interfaceOf(one.labels));
  const cards = all.filter((one) => rankOf(one) < VIRTUAL_RANK);
  const chosen = cards.length > 0 ? cards : all.filter((one) => rankOf(one) < 9);
  return chosen.map((one) => {
    const direction = labelOf(one.labels, 'network.io.direction') ?? '';
    return part(one, `${interfaceOf(one.labels)} ${direction}`.trim());
  });
}

/**
 * Combines the newest values of a vital's series, in their order. The value is null if no series has one, and for a
 * total also if any lacks one: a part is not the whole. `label` names the series that a `worst` value comes from.
 */
export function combineVital(
  { of, series }: Vital,
  values: readonly (number | null)[],
): { value: number | null; label: string } {
  let worst: { value: number | null; label: string } = { value: null, label: '' };
  let total = 0;
  let missing = false;
  for (const [i, { per, label }] of series.entries()) {
    const raw = values[i] ?? null;
    if (raw === null || !Number.isFinite(raw)) {
      missing = true;
      continue;
    }
    const value = per === null ? raw : raw / per;
    total += value;
    if (worst.value === null || value > worst.value) worst = { value, label };
  }
  if (of === 'worst') return worst;
  return { value: missing || series.length === 0 ? null : total, label: '' };
}
