import { CLOSE, describeCloseCode } from '@shared/protocol/close-codes';
import type { SessionContext } from '../sessions/session-context';
import { crowdKey } from '../bounds/peer-address';
import type { Session } from '../sessions/session';
import type { SessionFacts } from '../sessions/session-facts';

/** The most connections cut at once: enough room for newcomers, and little work. */
const MOST_AT_ONCE = 256;

/**
 * Makes room when the connection limit is reached and a newcomer arrives. The owner with by far the most connections
 * loses those beyond its share, oldest first. All connections of a device belong together, and so do all connections
 * from one address that have not been admitted (they wait, or use an echo). If such connections come from very many
 * addresses, they may hold half of all. False when nobody has too many, or the newcomer belongs to the largest group
 * itself.
 */
export function makeRoom(
  context: SessionContext,
  sessions: Iterable<Session>,
  newcomer: Pick<SessionFacts, 'endpoint' | 'address'>,
): boolean {
  const share = context.limits.unauthenticatedPerAddress;
  const crowds = new Map<string, Session[]>();
  const strangers: Session[] = [];
  let largest: Session[] = [];
  for (const session of sessions) {
    if (!session.isOpen) continue;
    if (!isLetIn(session)) strangers.push(session);
    const owner = ownerOf(session);
    const crowd = crowds.get(owner) ?? [];
    crowd.push(session);
    crowds.set(owner, crowd);
    if (crowd.length > largest.length) largest = crowd;
  }
  const isAgent = newcomer.endpoint === 'agent';
  const [first] = largest;
  if (first && largest.length > share) {
    if (!isAgent && ownerOf(first) === strangersAt(newcomer.address)) return false;
    cut(context, largest.slice(0, Math.min(largest.length - share, MOST_AT_ONCE)));
    if (!first.facts.isFromOtherSite) context.penalties.strike(first.facts.address);
    return true;
  }
  const half = Math.max(share, context.limits.sessions / 2);
  if (!isAgent || strangers.length <= half) return false;
  cut(context, strangers.slice(0, Math.min(Math.ceil(strangers.length - half), MOST_AT_ONCE)));
  return true;
}

function cut(context: SessionContext, sessions: readonly Session[]): void {
  for (const session of sessions) {
    context.refused.add('TOO_MANY_SESSIONS', session.client);
    session.closing.cut({ code: CLOSE.tryLater, text: describeCloseCode(CLOSE.tryLater) });
  }
}

function isLetIn({ facts, endpoint }: Session): boolean {
  return facts.endpoint === 'agent' && (endpoint?.state === 'online' || endpoint?.state === 'stale');
}

function ownerOf(session: Session): string {
  return isLetIn(session) ? `device ${session.endpoint?.device}` : strangersAt(session.facts.address);
}

const strangersAt = (address: string): string => `strangers at ${crowdKey(address)}`;
