import type { Clock } from '@shared/clock';
import type { Admission } from '../admission/admission';
import type { RefusedCounter } from '../bounds/refused-counter';
import type { DeviceRegistry } from '../devices/device-registry';
import type { PushContext as PresenceContext } from '../devices/push-presence';
import type { IngestContext } from '../ingest/ingest-context';
import type { SettingsStore } from '../settings/settings-store';

/** The parts of the hub that pushes over HTTP need. */
export interface PushContext extends IngestContext, PresenceContext {
  readonly clock: Clock;
  readonly devices: DeviceRegistry;
  readonly events: IngestContext['events'];
  readonly admission: Admission;
  readonly refused: RefusedCounter;
  readonly settings: Pick<SettingsStore, 'current'>;
}
