import type { Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import type { RefusedCounts } from '@shared/model';
import type { Limits } from '@shared/protocol/limits';
import type { Admission } from './admission/admission';
import type { BoardStore } from './boards/board-store';
import type { EventLog } from './event-log';
import type { DeviceRegistry } from './registry/device-registry';
import type { SeriesTable } from './registry/series-table';
import type { Penalties } from './server/penalties';
import type { SettingsStore } from './settings';
import type { History } from './store/history';
import type { Timings } from './timings';

/** What the parts of the hub share. Made once in `hub.ts`. */
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

/** Counts what was turned away, by code; codes are ours, so there are few. */
export class RefusedCounter {
  readonly #counts = new Map<string, number>();

  add(code: string): void {
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
  }

  all(): RefusedCounts {
    return Object.fromEntries(this.#counts);
  }
}
