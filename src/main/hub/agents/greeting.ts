import type { HelloMessage } from '@shared/protocol/agent-messages';
import type { Claim, Verdict } from '../admission/admission';
import type { Credentials } from '../admission/credentials';
import type { Session } from '../sessions/session';
import type { Sender } from '../ingest/dialects/dialect';
import type { AgentContext } from './agent-context';
import { plainCode } from './code-exchange';
import { describeAgent, describeSimple, simpleDeviceId } from './describe-device';

/** How long a device that was heard of counts as still there, ms. */
const THERE_WITHIN_MS = 15_000;

/** Has the claim of a full agent judged, and stores what it reports about itself once it is admitted. */
export function greetAgent(
  context: AgentContext,
  session: Session,
  hello: HelloMessage,
  shown: Credentials,
): Verdict {
  const { id, name } = hello.device;
  const verdict = context.admission.judge(claimOf(session, { id, name, ...shown, takesKeys: true }));
  if (verdict.kind === 'admitted') describeAgent(verdict.device, hello, session.facts.address);
  return verdict;
}

/** The same for a sender named in the text of a client; null is the client itself, known by its key or its address. */
export function greetSender(
  context: AgentContext,
  session: Session,
  sender: Sender | null,
  shown: Credentials,
): Verdict {
  const { address } = session.facts;
  const { admission } = context;
  const ofKey = sender === null && shown.key !== null ? admission.idOfKey(shown.key) : null;
  const id = ofKey ?? senderId(context, sender, address, shown);
  const name = sender?.name ?? address;
  const verdict = admission.judge(claimOf(session, { id, name, ...shown, takesKeys: false }));
  if (verdict.kind === 'admitted') describeSimple(verdict.device, sender?.name ?? null, address);
  return verdict;
}

/**
 * The device id of a sender. Two senders of one name that are there at the same time, at different addresses, are two
 * devices where nobody is asked (`--admit open`); otherwise admission makes the second one wait.
 */
function senderId(
  { devices, clock, settings }: AgentContext,
  sender: Sender | null,
  address: string,
  shown: Credentials,
): string {
  const id = simpleDeviceId(sender, address, (known) => devices.get(known)?.description.ownName ?? null);
  if (sender === null || settings.current.admit !== 'open' || shown.key !== null) return id;
  const own = simpleDeviceId({ ...sender, id: `${sender.id} at ${address}` }, address);
  if (devices.get(own)) return own;
  const now = clock.now();
  const isElsewhere = devices
    .get(id)
    ?.presences.some((one) => one.address !== address && now - one.lastHeardAt < THERE_WITHIN_MS);
  return isElsewhere ? own : id;
}

function claimOf({ facts }: Session, who: Omit<Claim, 'address' | 'code'>): Claim {
  return { ...who, address: facts.address, code: plainCode(facts.tls, who.id) };
}
