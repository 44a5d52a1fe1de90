import * as v from 'valibot';
import type { JoinToken } from '../model';
import { adminCommand } from './command';
import { deviceId, nothing } from './schemas';

/** Who is let in: decisions on devices, their keys, and join tokens. */
export const admissionCommands = {
  /** With `code`, the digits that the user compared, it fails with `CODE_CHANGED` when others are shown by now. */
  approveDevice: adminCommand(
    v.object({ device: deviceId, code: v.optional(v.pipe(v.string(), v.maxLength(16))) }),
  ).returns<null>(),
  /** Turns it away; it may still be approved later. */
  rejectDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /** Turns it and new devices from its address away without a word, until it is unblocked. */
  blockDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /** Forgets a blocked device: it may ask again. */
  unblockDevice: adminCommand(v.object({ device: deviceId })).returns<null>(),
  /**
   * Gives an approved device a new key; the one before ends. An agent that is connected gets it over the connection;
   * otherwise it is in the answer, this once, to be put into the device's program.
   */
  issueDeviceKey: adminCommand(v.object({ device: deviceId })).returns<{ key: string | null }>(),
  /** Ends a device's key and its connections: it has to be approved again. */
  revokeDeviceKey: adminCommand(v.object({ device: deviceId })).returns<null>(),
  listJoinTokens: adminCommand(nothing).returns<JoinToken[]>(),
  /** The secret is in the answer and nowhere else. */
  createJoinToken: adminCommand(
    v.object({
      name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(64)),
      lifetimeMs: v.nullable(
        v.pipe(v.number(), v.integer(), v.minValue(60_000), v.maxValue(10 * 365 * 86_400_000)),
      ),
      maxUses: v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100_000))),
    }),
  ).returns<{ token: JoinToken; secret: string }>(),
  /** Devices that joined with it stay. */
  revokeJoinToken: adminCommand(v.object({ token: v.pipe(v.string(), v.maxLength(64)) })).returns<null>(),
};
