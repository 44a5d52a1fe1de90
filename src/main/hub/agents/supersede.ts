import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { AgentContext } from './agent-context';
import * as words from './agent-words';
import type { Device } from '../devices/device';
import type { DeviceSession } from '../devices/presence';

/** A connection that was heard within this time counts as alive. */
const ANSWERS_WITHIN_MS = 15_000;

/**
 * A newer connection of a device replaces the older one. Two machines with one identity (a copied data folder) would
 * replace each other forever, and their samples would mix. Once that is certain, the one that was there first keeps the
 * place while it is alive, the other one is told, and so is the user. Returns whether the newcomer may stay.
 */
export function supersede(context: AgentContext, device: Device, newcomer: DeviceSession): boolean {
  if (device.approval === 'pending') {
    // Others that ask to be this device keep waiting: the user decides by their digits.
    for (const older of device.agents) {
      const isSameRun = older.instance !== null && older.instance === newcomer.instance;
      if (isSameRun && older !== newcomer) older.close(CLOSE.superseded, describeCloseCode(CLOSE.superseded));
    }
    return true;
  }
  const { clock } = context;
  const now = clock.now();
  const monotonic = clock.monotonic();
  const older = device.sessions.filter((session) => session !== newcomer);
  const alive = older.find((session) => now - session.lastHeardAt < ANSWERS_WITHIN_MS);
  const verdict = alive ? device.takeovers.judge(newcomer, alive, monotonic) : 'take';
  if (alive && verdict !== 'take') {
    const [kept, turnedAway] = verdict === 'return' ? [newcomer, alive] : [alive, newcomer];
    if (device.takeovers.isNews(monotonic)) {
      const { since } = device.takeovers;
      const minutes = since === null ? 0 : Math.ceil((monotonic - since) / 60_000);
      const mixed = minutes === 0 ? '' : ` Samples of the last ${minutes} min come from both.`;
      context.events.report({
        at: now,
        kind: 'superseded',
        level: 'warning',
        device: device.id,
        text: `Two machines share the identity of "${device.name}", perhaps because a data folder or a disk was copied. The one at ${kept.address} keeps the place, the one at ${turnedAway.address} is turned away.${mixed} On the copy, stop the agent, delete its data folder and start it again: it joins as a device of its own.`,
      });
    }
    if (verdict === 'refuse') return false;
    alive.turnAway(words.DUPLICATE_DEVICE, CLOSE.superseded);
  } else if (alive) {
    const { instance, address } = alive;
    device.takeovers.add({
      at: monotonic,
      from: { instance, address },
      to: { instance: newcomer.instance, address: newcomer.address },
      hasAnswered: () => alive.wasLeft,
    });
  }
  for (const session of older) session.close(CLOSE.superseded, describeCloseCode(CLOSE.superseded));
  return true;
}
