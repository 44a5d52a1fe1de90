import { CLOSE } from '@shared/protocol/close-codes';
import type { HubHandlers } from './command-handlers';
import { createAdmissionHandlers, type AdmissionHandlersContext } from './handlers/admission';
import { createAuditHandlers, type AuditHandlersContext } from './handlers/audit';
import { createBackupHandlers, type BackupHandlersContext } from './handlers/backup';
import { createBoardHandlers, type BoardHandlersContext } from './handlers/boards';
import { createDeviceHandlers, type DeviceHandlersContext } from './handlers/devices';
import { createEventHandlers, type EventHandlersContext } from './handlers/events';
import { createHistoryHandlers, type HistoryHandlersContext } from './handlers/history';
import { createHubHandlers, type HubHandlersContext } from './handlers/hub';
import { createSeriesHandlers, type SeriesHandlersContext } from './handlers/series';
import { createSessionHandlers, type SessionHandlersContext } from './handlers/sessions';
import { createSettingsHandlers, type SettingsHandlersContext } from './handlers/settings';

/** The context that the handlers of all areas need. */
export type HandlersContext = Omit<
  AdmissionHandlersContext &
    AuditHandlersContext &
    BackupHandlersContext &
    BoardHandlersContext &
    DeviceHandlersContext &
    EventHandlersContext &
    HistoryHandlersContext &
    HubHandlersContext &
    SeriesHandlersContext &
    SessionHandlersContext &
    SettingsHandlersContext,
  'forgetPast' | 'requireOpen'
>;

/** Creates the handlers of every command that the hub itself carries out, area by area. */
export function createHandlers(given: HandlersContext): HubHandlers {
  const { devices, series, events, history } = given;

  /**
   * Removes a device's samples from memory. Also closes its connections, because its agent's declarations are gone and
   * are sent again when it reconnects.
   */
  function forgetSamples(id: string): void {
    devices.get(id)?.close(CLOSE.tryLater, 'its data was deleted');
    devices.get(id)?.states.clear();
    series.forgetDevice(id);
  }

  async function forgetPast(id: string): Promise<void> {
    history?.requireOpen();
    forgetSamples(id);
    events.forgetDevice(id);
    await history?.deleteDevice(id, () => forgetSamples(id));
  }

  const context = { ...given, forgetPast, requireOpen: () => history?.requireOpen() };
  return {
    ...createHubHandlers(context),
    ...createSettingsHandlers(context),
    ...createDeviceHandlers(context),
    ...createAdmissionHandlers(context),
    ...createSeriesHandlers(context),
    ...createHistoryHandlers(context),
    ...createEventHandlers(context),
    ...createSessionHandlers(context),
    ...createBackupHandlers(context),
    ...createBoardHandlers(context),
    ...createAuditHandlers(context),
  };
}
