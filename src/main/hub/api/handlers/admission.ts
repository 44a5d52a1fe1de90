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
    approveDevice({ device, code }) {
      decisions.approve(devices.require(device), code);
      return null;
    },
    rejectDevice({ device }) {
      decisions.reject(devices.require(device));
      return null;
    },
    blockDevice({ device }) {
      decisions.block(devices.require(device));
      return null;
    },
    unblockDevice({ device }) {
      decisions.unblock(devices.require(device));
      return null;
    },
    issueDeviceKey: ({ device }) => ({ key: decisions.issueKey(devices.require(device)) }),
    revokeDeviceKey({ device }) {
      decisions.revokeKey(devices.require(device));
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
