import type { HelloMessage } from '@shared/protocol/agent-messages';
import type { WelcomeMessage } from '@shared/protocol/hub-messages';
import { PROTOCOL_VERSION } from '@shared/protocol/limits';
import type { AgentContext } from './agent-context';
import type { Device } from '../devices/device';

/** The answer to a hello: the state of the device, and up to where its rows have been stored. */
export function welcomeMessage(
  context: AgentContext,
  device: Device,
  hello: HelloMessage,
  session: string,
): WelcomeMessage {
  const ackedSeq = hello.stream === undefined ? undefined : device.streams.get(hello.stream);
  const { messageBytes, messagesPerSec, samplesPerSec, seriesPerDevice } = context.limits;
  return {
    type: 'welcome',
    protocol: PROTOCOL_VERSION,
    session,
    device: device.id,
    state: device.approval === 'approved' ? 'approved' : 'pending',
    hubTime: context.clock.now(),
    ...(ackedSeq === undefined ? {} : { ackedSeq }),
    acked: device.streams.all(),
    intervalMs: context.devices.intervalOf(device),
    limits: { messageBytes, messagesPerSec, samplesPerSec, seriesPerDevice },
  };
}
