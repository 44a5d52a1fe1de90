import { combineVital, vitalsOf, type Vital } from '@shared/metrics/vitals';
import type { DeviceVitals, HeadlineSeries } from '@shared/model';
import { seriesInfo } from '../series/series';
import type { SeriesTable } from '../series/series-table';
import { newestValue } from './newest';

/** A value older than this is not shown as if it were the present one, ms. Slow collectors report every minute. */
const FRESH_MS = 180_000;
/** The same for devices that report rarely, in intervals. */
const FRESH_INTERVALS = 5;

/** A device as far as its vitals depend on it. */
export interface VitalDevice {
  id: string;
  /** Changes whenever its series do. */
  revision: number;
  /** False: nothing it has sent describes the present. */
  isOnline: boolean;
  intervalMs: number;
  headline: readonly HeadlineSeries[];
}

/** Reads the present vitals of devices from the samples in memory. */
export class VitalsReader {
  readonly #table: SeriesTable;
  /** The series that make up the vitals of each device, as of a revision of its series. */
  readonly #known = new Map<string, { revision: number; vitals: Vital[] }>();

  constructor(table: SeriesTable) {
    this.#table = table;
  }

  /** Reads all devices, at `now`, ms since the epoch. */
  read(devices: Iterable<VitalDevice>, now: number): DeviceVitals[] {
    const seen = new Set<string>();
    const all: DeviceVitals[] = [];
    for (const device of devices) {
      seen.add(device.id);
      all.push(this.#readOne(device, now));
    }
    for (const id of this.#known.keys()) if (!seen.has(id)) this.#known.delete(id);
    return all;
  }

  #readOne({ id, revision, isOnline, intervalMs, headline }: VitalDevice, now: number): DeviceVitals {
    const since = now - Math.max(FRESH_MS, FRESH_INTERVALS * intervalMs);
    const newest = (series: number): number | null => {
      const one = isOnline ? this.#table.byId(series) : undefined;
      return one ? newestValue(one, since) : null;
    };
    const values: DeviceVitals['values'] = {};
    for (const vital of this.#vitalsOf(id, revision)) {
      values[vital.name] = combineVital(
        vital,
        vital.series.map((one) => newest(one.id)),
      );
    }
    return { device: id, values, headline: headline.map(({ series }) => newest(series)) };
  }

  #vitalsOf(id: string, revision: number): readonly Vital[] {
    const known = this.#known.get(id);
    if (known?.revision === revision) return known.vitals;
    const vitals = vitalsOf(this.#table.ofDevice(id).map(seriesInfo));
    this.#known.set(id, { revision, vitals });
    return vitals;
  }
}
