import * as v from 'valibot';
import type { JoinToken } from '../model';
import { adminCommand } from './command';
import { deviceId, nothing } from './schemas';

/** Admission: decisions on devices, their keys, and join tokens. */
export const admissionCommands = {
  /** `code`: the digits that the user compared. Fails with `CODE_CHANGED` if the device now shows others. */
  approveDevice: adminCommand(
    v.object({ device: deviceId, code: v.optional(v.pipe(v.string(), v.maxLength(16))) }),
  ).returns<null>(),
  /** Refuses the device; it may still be approved later. */
  rejectDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /** Refuses the device, and new devices from its address, without an explanation until it is unblocked. */
  blockDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /** Forgets a blocked device, so that it may ask for approval again. */
  unblockDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /**
   * Gives an approved device a new key; the old one becomes invalid. A connected agent receives it over the connection;
   * otherwise the answer contains it, this once, so that the user can put it into the device's program.
   */
  issueDeviceKey: adminCommand(v.object({ device: deviceId })).returns<{ key: string | null }>(),
  /** Revokes a device's key and closes its connections: it has to be approved again. */
  revokeDeviceKey: adminCommand(v.object({ device: deviceId })).returns<null>(),
  listJoinTokens: adminCommand(nothing).returns<JoinToken[]>(),
  /** The answer is the only place where the token's secret is shown. */
  createJoinToken: adminCommand(
    v.object({
      name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)),
      lifetimeMs: v.nullable(
        v.pipe(v.number(), v.integer(), v.minValue(60_000), v.maxValue(10 * 365 * 86_400_000)),
      ),
      maxUses: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
    }),
  ).returns<{ token: JoinToken; secret: string }>(),
  /** Devices that joined with the token stay approved. */
  revokeJoinToken: adminCommand(v.object({ token: v.pipe(v.string(), v.maxLength(64)) })).returns<null>(),
};
