import type { Fault } from '@shared/errors';
import type { ConnectionState, DeviceInfo, StateReason } from '@shared/model';
import type { CloseCode } from '@shared/protocol/close-codes';

/**
 * One way in which a device is there: a connection, or pushes that keep coming. A device has any number of them and is
 * online as long as one of them is. Times are ms since the epoch.
 */
export interface Presence {
  readonly kind: 'session' | 'push';
  readonly address: string;
  /** Whether it is encrypted. */
  readonly isSecure: boolean;
  /** When it began. */
  readonly openedAt: number;
  readonly lastHeardAt: number;
  readonly rttMs: number | null;
  readonly clockOffsetMs: number | null;
  /** How often it reports, as agreed or as seen; null while that is not known. */
  readonly intervalMs: number | null;
  readonly backlog: DeviceInfo['backlog'];
  readonly state: ConnectionState;
  /** Why it is in that state; null when there is nothing to say. */
  readonly reason: StateReason | null;
  /** The approval of its device changed. */
  admissionChanged(): void;
  /** Ends it, as far as the hub can. `code` is a close code. */
  close(code: number, reason: string): void;
}

/** A connection: the presence that can be asked, given keys and told how often to sample. */
export interface DeviceSession extends Presence {
  readonly kind: 'session';
  readonly id: string;
  /** Whether it can be handed a key; simple devices cannot. */
  readonly takesKeys: boolean;
  /** Identifies the run of the agent's process; null where it does not say. */
  readonly instance: string | null;
  /** The digits to compare that it shows while it waits; null when there are none, or not yet. */
  readonly code: string | null;
  /** Whether its end has closed it properly, which shows that somebody was there. */
  readonly wasLeft: boolean;
  /** Says why, and closes it. `code` is a close code. */
  turnAway(fault: Fault, code: CloseCode): void;
  /** Makes a new key for the device and hands it over. */
  handKey(): void;
  /** The sampling interval to have now changed. */
  intervalChanged(): void;
  request(method: string, params: Record<string, unknown>): Promise<unknown>;
}

export function isSession(presence: Presence): presence is DeviceSession {
  return presence.kind === 'session';
}

/** The one that speaks for the device: online before stale before all others, the newest of equals. */
export function bestOf<P extends Presence>(presences: Iterable<P>): P | null {
  let best: P | null = null;
  for (const presence of presences) if (!best || rank(presence) >= rank(best)) best = presence;
  return best;
}

function rank({ state }: Presence): number {
  if (state === 'online') return 2;
  return state === 'stale' ? 1 : 0;
}
