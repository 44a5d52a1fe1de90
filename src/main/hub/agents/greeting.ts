import type { Fault } from '@shared/errors';
import type { HelloMessage } from '@shared/protocol/agent-messages';
import { CLOSE, type CloseCode } from '@shared/protocol/close-codes';
import { isRecord, parseAgentMessage, parseJson } from '@shared/protocol/parse';
import type { Claim } from '../admission/admission';
import { messageCredentials, type Credentials } from '../admission/credentials';
import type { AgentContext } from './agent-context';
import { SimpleIngest } from '../ingest/simple-ingest';
import type { Device } from '../devices/device';
import { plainCode } from './code-exchange';
import { describeAgent, describeSimple, simpleDeviceId } from './describe-device';
import type { Session } from '../sessions/session';

/** The outcome of a connection's first message. `hello` is null for a simple device. */
export type Greeting =
  | { kind: 'admitted'; device: Device; hello: HelloMessage | null; needsKey: boolean }
  | { kind: 'refused'; fault: Fault; closeCode: CloseCode }
  | { kind: 'rejected'; hello: HelloMessage | null }
  /** The connection must not be answered. */
  | { kind: 'blocked' };

/**
 * Reads the sender of a first message, has the claim judged, and stores what an admitted device reports about itself.
 */
export function greet(context: AgentContext, session: Session, text: string, header: Credentials): Greeting {
  const json = parseJson(text);
  const message = json.ok ? json.value : null;
  const credentials = messageCredentials(message, header);
  const isHello = isRecord(message) && message['type'] === 'hello';
  if (!isHello && session.protocol?.startsWith('wirewatch.')) {
    const fault = {
      code: 'HELLO_FIRST',
      message: 'The first message of a wirewatch.v1 agent must be "hello".',
    };
    return { kind: 'refused', fault, closeCode: CLOSE.badMessage };
  }
  if (!isHello) return greetSimple(context, session, text, credentials);
  const parsed = parseAgentMessage(message);
  if (!parsed.ok) return { kind: 'refused', fault: parsed.error, closeCode: CLOSE.badMessage };
  return parsed.value.type === 'hello'
    ? greetAgent(context, session, parsed.value, credentials)
    : { kind: 'blocked' };
}

function greetAgent(
  context: AgentContext,
  session: Session,
  hello: HelloMessage,
  shown: Credentials,
): Greeting {
  const { id, name } = hello.device;
  const { address } = session.facts;
  const verdict = context.admission.judge(claim(session, { id, name, ...shown, takesKeys: true }));
  if (verdict.kind === 'rejected') return { kind: 'rejected', hello };
  if (verdict.kind !== 'admitted') return verdict;
  describeAgent(verdict.device, hello, address);
  return { ...verdict, hello };
}

function greetSimple(context: AgentContext, session: Session, text: string, shown: Credentials): Greeting {
  const { address } = session.facts;
  const who = SimpleIngest.identify(text, context.clock.now());
  const ofKey = who.id === null && shown.key !== null ? context.admission.idOfKey(shown.key) : null;
  const id = ofKey ?? simpleDeviceId(who.id, address);
  const name = who.name ?? who.id ?? address;
  const verdict = context.admission.judge(claim(session, { id, name, ...shown, takesKeys: false }));
  if (verdict.kind === 'rejected') return { kind: 'rejected', hello: null };
  if (verdict.kind !== 'admitted') return verdict;
  describeSimple(verdict.device, who.name, address);
  return { ...verdict, hello: null };
}

function claim({ facts }: Session, who: Omit<Claim, 'address' | 'code'>): Claim {
  return { ...who, address: facts.address, code: plainCode(facts.tls, who.id) };
}
