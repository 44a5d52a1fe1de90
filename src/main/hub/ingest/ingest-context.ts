import type { Clock } from '@shared/clock';
import type { Limits } from '@shared/protocol/limits';
import type { DeviceRegistry } from '../devices/device-registry';
import type { EventLog } from '../events/event-log';
import type { SeriesTable } from '../series/series-table';

/** The parts of the hub that turn messages into samples and events. */
export interface IngestContext {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly devices: DeviceRegistry;
  readonly series: SeriesTable;
  readonly events: EventLog;
}
