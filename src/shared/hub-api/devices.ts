import * as v from 'valibot';
import type { DeviceInfo, DeviceVitals, StateInfo } from '../model';
import { adminCommand, topic, viewerCommand } from './command';
import { deviceId, intervalMs, nothing } from './schemas';

export const deviceCommands = {
  listDevices: viewerCommand(nothing).returns<DeviceInfo[]>(),
  /** The present values of the approved devices. */
  listVitals: viewerCommand(nothing).returns<DeviceVitals[]>(),
  /** Closes the device's connections with 4005, and forgets the device and its data. */
  removeDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /** An empty name restores the device's own. */
  renameDevice: adminCommand(
    v.object({ device: deviceId, name: v.pipe(v.string(), v.trim(), v.maxLength(128)) }),
  ).returns<null>(),
  setDeviceTags: adminCommand(
    v.object({
      device: deviceId,
      tags: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64))), v.maxLength(32)),
    }),
  ).returns<null>(),
  /** null restores the hub's setting. */
  setDeviceInterval: adminCommand(
    v.object({ device: deviceId, intervalMs: v.nullable(intervalMs) }),
  ).returns<null>(),
  /** The texts that the device sends as values; kept as long as the hub runs, at most `statesPerDevice`. */
  listStates: viewerCommand(v.object({ device: deviceId })).returns<StateInfo[]>(),
  /** Sends a request to the device's agent over its open connection, e.g. `processes.list`. */
  requestDevice: adminCommand(
    v.object({
      device: deviceId,
      method: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
      params: v.optional(v.record(v.string(), v.unknown())),
    }),
  ).returns<unknown>(),
};

export const deviceTopics = {
  /** All devices first, then those that changed, coalesced. */
  devices: topic(nothing).sends<{ full: boolean; changed: DeviceInfo[]; removed: string[] }>(),
};
