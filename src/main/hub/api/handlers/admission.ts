import { FaultError, type Result } from '@shared/errors';
import type { admissionCommands } from '@shared/hub-api/admission';
import type { Decisions } from '../../admission/decisions';
import type { JoinTokens } from '../../admission/join-tokens';
import type { DeviceRegistry } from '../../devices/device-registry';
import type { CommandHandlers } from '../command-handlers';

export interface AdmissionHandlersContext {
  devices: DeviceRegistry;
  decisions: Decisions;
  tokens: JoinTokens;
}

export function createAdmissionHandlers({
  devices,
  decisions,
  tokens,
}: AdmissionHandlersContext): CommandHandlers<keyof typeof admissionCommands> {
  return {
    async approveDevice({ device, code }) {
      await decisions.approve(devices.require(device), code);
      return null;
    },
    async rejectDevice({ device }) {
      await decisions.reject(devices.require(device));
      return null;
    },
    async blockDevice({ device }) {
      await decisions.block(devices.require(device));
      return null;
    },
    async unblockDevice({ device }) {
      await decisions.unblock(devices.require(device));
      return null;
    },
    issueDeviceKey: async ({ device }) => ({ key: await decisions.issueKey(devices.require(device)) }),
    async revokeDeviceKey({ device }) {
      await decisions.revokeKey(devices.require(device));
      return null;
    },
    listJoinTokens: () => tokens.list(),
    createJoinToken: (token) => valueOf(tokens.create(token)),
    revokeJoinToken: ({ token }) => valueOf(tokens.revoke(token)),
  };
}

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new FaultError(result.error.code, result.error.message);
  return result.value;
}
