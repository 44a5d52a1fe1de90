import { isIPv4 } from 'node:net';
import type { HelloMessage } from '@shared/protocol/agent-messages';
import type { Clock } from '@shared/clock';
import type { Admission, Verdict } from '../admission/admission';
import type { Credentials } from '../admission/credentials';
import type { Session } from '../sessions/session';
import type { DeviceRegistry } from '../devices/device-registry';
import type { Presence } from '../devices/presence';
import type { Sender } from '../ingest/dialects/dialect';
import type { SettingsStore } from '../settings/settings-store';
import type { AgentContext } from './agent-context';
import { describeAgent, describeSimple, simpleDeviceId } from './describe-device';

/** How long a device that was heard of counts as still there, ms. */
const THERE_WITHIN_MS = 15_000;
/** A push that comes after less than this share of the usual time is not the one that was due. */
const SOONER_THAN_DUE = 0.9;

/** Has the claim of a full agent judged, and stores what it reports about itself once it is admitted. */
export function greetAgent(
  context: AgentContext,
  session: Session,
  hello: HelloMessage,
  shown: Credentials,
): Verdict {
  const { id, name } = hello.device;
  const { address, tls } = session.facts;
  const digits = tls ? 'agreed' : 'own';
  const instance = hello.instance ?? null;
  const claim = { id, name, address, digits, instance, ...shown, takesKeys: true } as const;
  const verdict = context.admission.judge(claim);
  if (verdict.kind === 'admitted') describeAgent(verdict.device, hello, address);
  return verdict;
}

/** The parts of the hub that judge a named sender, whichever way it came. */
export interface SenderContext {
  readonly clock: Clock;
  readonly devices: DeviceRegistry;
  readonly admission: Admission;
  readonly settings: Pick<SettingsStore, 'current'>;
}

/** Who says that it sent something: over a WebSocket connection, or in an HTTP request. */
export interface SenderClaim {
  /** Null is the client itself, known by its key or its address. */
  sender: Sender | null;
  address: string;
  shown: Credentials;
}

/** The same for a sender that is named in what a client sends. */
export function greetSender(context: SenderContext, { sender, address, shown }: SenderClaim): Verdict {
  const { admission } = context;
  const ofKey = sender === null && shown.key !== null ? admission.idOfKey(shown.key) : null;
  const id = ofKey ?? senderId(context, sender, address, shown);
  const name = sender?.name ?? address;
  const claim = { id, name, address, digits: 'kept', instance: null, ...shown, takesKeys: false } as const;
  const verdict = admission.judge(claim);
  if (verdict.kind === 'admitted') describeSimple(verdict.device, sender?.name ?? null, address);
  return verdict;
}

/**
 * The device id of a sender. Two senders of one name that are there at the same time, at different addresses, are two
 * devices where nobody is asked (`--admit open`); otherwise admission makes the second one wait.
 */
function senderId(
  { devices, clock, settings }: SenderContext,
  sender: Sender | null,
  address: string,
  shown: Credentials,
): string {
  const id = simpleDeviceId(sender, address, (known) => devices.get(known)?.description.ownName ?? null);
  if (sender === null || settings.current.admit !== 'open' || shown.key !== null) return id;
  const own = simpleDeviceId({ ...sender, id: `${sender.id} at ${address}` }, address);
  if (devices.get(own)) return own;
  const now = clock.now();
  return devices.get(id)?.presences.some((one) => isElsewhere(one, address, now)) ? own : id;
}

/**
 * Whether a presence shows that the device is there and not at `address`. Pushes of one machine may come from its IPv4 and
 * its IPv6 addresses by turns, and one that got another address pushes no sooner than it would have.
 */
function isElsewhere(one: Presence, address: string, now: number): boolean {
  if (one.address === address) return false;
  const silentMs = now - one.lastHeardAt;
  if (one.kind === 'session') return silentMs < THERE_WITHIN_MS;
  const isComparable = isIPv4(one.address) && isIPv4(address);
  return isComparable && silentMs < (one.intervalMs ?? THERE_WITHIN_MS) * SOONER_THAN_DUE;
}
