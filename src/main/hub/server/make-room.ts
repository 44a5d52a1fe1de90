import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { Core } from '../core';
import type { Session } from './session';
import type { SessionFacts } from './session-facts';

/** Cut off in one go: enough for who comes next, and little work. */
const MOST_AT_ONCE = 256;

/**
 * The hub has as many connections as it may, and one more wants in. Whoever has by far most of them loses what is beyond
 * its share, the oldest first: a device all its connections together, and an address all those that nobody let in (they
 * wait, or talk to an echo). False when nobody has more than that, or the newcomer is of the crowd itself.
 */
export function makeRoom(
  core: Core,
  sessions: Iterable<Session>,
  newcomer: Pick<SessionFacts, 'endpoint' | 'address'>,
): boolean {
  const crowds = new Map<string, Session[]>();
  let largest: Session[] = [];
  for (const session of sessions) {
    if (!session.isOpen) continue;
    const owner = ownerOf(session);
    const crowd = crowds.get(owner);
    if (crowd) crowd.push(session);
    else crowds.set(owner, [session]);
    if (crowd && crowd.length > largest.length) largest = crowd;
  }
  const beyond = largest.length - core.limits.unauthenticatedPerAddress;
  const [first] = largest;
  if (!first || beyond <= 0) return false;
  if (newcomer.endpoint !== 'agent' && ownerOf(first) === strangersAt(newcomer.address)) return false;
  for (const session of largest.slice(0, Math.min(beyond, MOST_AT_ONCE))) {
    core.refused.add('TOO_MANY_SESSIONS');
    session.cut({ code: CLOSE.tryLater, text: describeCloseCode(CLOSE.tryLater) });
  }
  if (!first.facts.isFromOtherSite) core.penalties.strike(first.facts.address);
  return true;
}

function ownerOf({ facts, endpoint }: Session): string {
  const isLetIn = facts.endpoint === 'agent' && (endpoint?.state === 'online' || endpoint?.state === 'stale');
  return isLetIn ? `device ${endpoint.device}` : strangersAt(facts.address);
}

const strangersAt = (address: string): string => `strangers at ${address}`;
