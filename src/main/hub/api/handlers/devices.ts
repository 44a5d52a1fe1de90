import { FaultError } from '@shared/errors';
import type { Clock } from '@shared/clock';
import type { deviceCommands } from '@shared/hub-api/devices';
import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import { forgetClaims } from '../../admission/claims';
import type { DeviceRegistry } from '../../devices/device-registry';
import { VitalsReader, type VitalDevice } from '../../live/vitals';
import type { SeriesTable } from '../../series/series-table';
import type { CommandHandlers } from '../command-handlers';

export interface DeviceHandlersContext {
  devices: DeviceRegistry;
  series: SeriesTable;
  clock: Clock;
  /** Deletes a device's samples and events. */
  forgetPast: (device: string) => Promise<void>;
  /** Throws the reason why history cannot be changed now. */
  requireOpen: () => void;
}

export function createDeviceHandlers({
  devices,
  series,
  clock,
  forgetPast,
  requireOpen,
}: DeviceHandlersContext): CommandHandlers<keyof typeof deviceCommands> {
  const vitals = new VitalsReader(series);

  function* approved(): Iterable<VitalDevice> {
    for (const device of devices.all()) {
      if (device.approval !== 'approved') continue;
      const { id, seriesRevision: revision, headline, state } = device;
      yield { id, revision, headline, isOnline: state === 'online', intervalMs: devices.intervalOf(device) };
    }
  }

  return {
    listDevices: () => devices.infos(),
    listVitals: () => vitals.read(approved(), clock.now()),
    async removeDevice({ device: id }) {
      const device = devices.require(id);
      requireOpen();
      device.close(CLOSE.removed, describeCloseCode(CLOSE.removed));
      devices.remove(device);
      forgetClaims(devices, id);
      await forgetPast(id);
      await devices.saved();
      return null;
    },
    async renameDevice({ device: id, name }) {
      const device = devices.require(id);
      await devices.choose(device, () => device.rename(name));
      return null;
    },
    async setDeviceTags({ device: id, tags }) {
      const device = devices.require(id);
      await devices.choose(device, () => device.tag(tags));
      return null;
    },
    async setDeviceInterval({ device: id, intervalMs }) {
      const device = devices.require(id);
      await devices.choose(device, () => device.chooseInterval(intervalMs));
      devices.intervalChanged(device);
      return null;
    },
    listStates({ device: id }) {
      const { states, state } = devices.require(id);
      return states.list(state);
    },
    requestDevice({ device: id, method, params }) {
      const device = devices.require(id);
      const session = device.mainSession;
      if (!session || device.approval !== 'approved') {
        throw new FaultError('NOT_CONNECTED', 'The device is not connected.');
      }
      if (device.simple) throw new FaultError('NOT_SUPPORTED', 'This device does not answer requests.');
      return session.request(method, params ?? {});
    },
  };
}
