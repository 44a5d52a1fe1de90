import type { DeviceState } from './device-state';
import type { Appended } from './journal';
import type { StoreState } from './state';
import type { CommitBatch } from '../store-contract/store-contract';
import { durably } from './transactions';

/**
 * Writes batches in one transaction: when it returns, all of them are on disk, or it throws and none is. Returns the
 * devices whose journal grew.
 */
export function commitBatches(
  state: StoreState,
  batches: readonly CommitBatch[],
  now: number,
): Set<DeviceState> {
  const { db, catalog, journal, records } = state;
  const added: Appended[] = [];
  const made: DeviceState[] = [];
  const ensure = (name: string): DeviceState => {
    const known = catalog.find(name);
    if (known) return known;
    const device = catalog.ensure(name);
    made.push(device);
    return device;
  };
  try {
    durably(db, () => {
      for (const batch of batches) {
        catalog.putSeries(batch.series.map((one) => ({ one, device: ensure(one.device) })));
        for (const rows of batch.rows) {
          // These rows were on their way while their device was deleted: nobody could ever query them.
          if (!rows.series.some((series) => catalog.seriesEntry(series))) continue;
          added.push(...journal.append(ensure(rows.device), rows));
        }
        for (const mark of batch.marks) catalog.putMark(mark, ensure(mark.device), now);
        for (const event of batch.events) catalog.putEvent(event);
        for (const record of batch.records ?? []) records.put(record);
      }
    });
  } catch (error) {
    for (const device of made) catalog.forget(device);
    throw error;
  }
  const monotonic = performance.now();
  const grown = new Set<DeviceState>();
  for (const one of added) {
    one.device.added(one.record, monotonic);
    grown.add(one.device);
  }
  return grown;
}
