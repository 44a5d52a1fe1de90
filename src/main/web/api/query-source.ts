import { FaultError } from '@shared/errors';
import type { CommandParams } from '@shared/hub-api';
import type { QuerySeries } from '@shared/model';
import type { Caller, Hub } from '../../hub/hub-contract';

/**
 * Yields the series of a query's answer, one after another. Without a device it goes through all devices in turn, so
 * that a query for all of them is never held in memory as a whole. Throws a `FaultError` if the hub refuses the query,
 * if possible before the first series.
 */
export async function* querySource(
  hub: Hub,
  params: CommandParams<'query'>,
  caller: Caller,
): AsyncGenerator<QuerySeries> {
  if (params.device !== undefined) {
    yield* (await hub.execute('query', params, caller)).series;
    return;
  }
  for (const { id } of await hub.execute('listDevices', {}, caller)) {
    let series: QuerySeries[];
    try {
      ({ series } = await hub.execute('query', { ...params, device: id }, caller));
    } catch (error) {
      // The device was removed after the list was made.
      if (error instanceof FaultError && error.code === 'NO_SUCH_DEVICE') continue;
      throw error;
    }
    yield* series;
  }
}
