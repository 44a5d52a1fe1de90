import { FaultError, type Result } from '@shared/errors';
import type { settingsCommands } from '@shared/hub-api/settings';
import type { DeviceRegistry } from '../../devices/device-registry';
import type { SettingsStore } from '../../settings/settings-store';
import type { CommandHandlers } from '../command-handlers';

export interface SettingsHandlersContext {
  settings: SettingsStore;
  devices: DeviceRegistry;
  /** Makes the hub listen on another port. */
  listenOn: (port: number) => Promise<Result<unknown>>;
}

export function createSettingsHandlers({
  settings,
  devices,
  listenOn,
}: SettingsHandlersContext): CommandHandlers<keyof typeof settingsCommands> {
  return {
    getSettings: () => settings.current,
    async updateSettings(patch) {
      const { port, intervalMs } = patch;
      const before = settings.current.port;
      const isMoving = port !== undefined && port !== before;
      if (isMoving) {
        const listening = await listenOn(port);
        if (!listening.ok) throw new FaultError(listening.error.code, listening.error.message);
      }
      let updated;
      try {
        updated = settings.update(patch);
      } catch (error) {
        // A port that is not saved would be a different one after a restart.
        if (isMoving) await listenOn(before);
        throw error;
      }
      if (intervalMs !== undefined) for (const device of devices.all()) devices.intervalChanged(device);
      return updated;
    },
  };
}
