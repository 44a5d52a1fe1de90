import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { AgentContext } from './agent-context';
import type { Device } from '../devices/device';
import type { DeviceSession } from '../devices/presence';

const WINDOW_MS = 60_000;
const MAX_IN_WINDOW = 3;
/** A connection that was heard within this time counts as alive. */
const ANSWERS_WITHIN_MS = 15_000;

/**
 * A newer connection of a device replaces the older one. Two machines with one identity (a cloned disk image) would
 * replace each other forever. So if a live connection was already replaced three times within a minute, the newcomer
 * is refused. Returns whether the newcomer may stay.
 */
export function supersede(context: AgentContext, device: Device, newcomer: DeviceSession): boolean {
  const now = context.clock.now();
  const older = device.sessions.filter((session) => session !== newcomer);
  if (older.length === 0) return true;
  const isAlive = older.some((session) => now - session.lastHeardAt < ANSWERS_WITHIN_MS);
  if (isAlive) {
    if (device.supersededSince(now - WINDOW_MS) >= MAX_IN_WINDOW) {
      context.events.report({
        at: now,
        kind: 'superseded',
        level: 'warning',
        device: device.id,
        text: `Two machines use the identity of "${device.name}", perhaps because a disk was copied. The one at ${newcomer.address} was refused.`,
      });
      return false;
    }
    device.superseded(now);
  }
  for (const session of older) session.close(CLOSE.superseded, describeCloseCode(CLOSE.superseded));
  return true;
}
