import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import type { Limits } from '@shared/protocol/limits';
import type { Admission } from './admission/admission';
import type { BoardStore } from './boards/board-store';
import type { EventLog } from './events/event-log';
import type { DeviceRegistry } from './devices/device-registry';
import type { SeriesTable } from './series/series-table';
import type { RefusedCounter } from './bounds/refused-counter';
import type { Penalties } from './bounds/penalties';
import type { SettingsStore } from './settings/settings-store';
import type { History } from './history/history';
import type { Timings } from './timings';

/** The objects that the parts of the hub share. Created once in `hub.ts`. */
export interface Core {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: Limits;
  readonly timings: Timings;
  readonly settings: SettingsStore;
  readonly devices: DeviceRegistry;
  readonly series: SeriesTable;
  readonly admission: Admission;
  readonly events: EventLog;
  readonly boards: BoardStore;
  /** Null with `--store memory`. */
  readonly history: History | null;
  readonly refused: RefusedCounter;
  readonly penalties: Penalties;
  readonly internalToken: string;
}
