import type { Admission } from '../admission/admission';
import type { DeviceRegistry } from '../devices/device-registry';
import type { SettingsStore } from '../settings/settings-store';
import type { IngestContext } from '../ingest/ingest-context';
import type { SessionContext } from '../sessions/session-context';

/** The parts of the hub that a conversation with an agent needs. */
export interface AgentContext extends SessionContext, IngestContext {
  readonly devices: DeviceRegistry;
  readonly admission: Admission;
  readonly settings: Pick<SettingsStore, 'current'>;
}
