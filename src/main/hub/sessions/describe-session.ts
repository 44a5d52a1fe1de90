import type { SessionDetail, SessionInfo } from '@shared/model';
import type { Session } from './session';

/** Returns a session as UIs list it. */
export function sessionInfo(session: Session): SessionInfo {
  const { facts, traffic, heartbeat, endpoint } = session;
  const isClosed = session.closing.isOver;
  return {
    id: session.id,
    device: endpoint?.device ?? null,
    name: endpoint?.name ?? facts.address,
    endpoint: facts.endpoint,
    path: facts.path,
    state: isClosed ? 'offline' : (endpoint?.state ?? 'connecting'),
    reason: isClosed ? session.closing.reason : (endpoint?.reason ?? null),
    address: facts.address,
    port: facts.port,
    agent: endpoint?.agent ?? facts.agent,
    protocol: session.protocol,
    tls: facts.tls?.version ?? null,
    openedAt: session.opened.time,
    closedAt: session.closing.endedAt,
    lastFrameAt: session.lastFrameAt,
    rttMs: heartbeat.rttMs,
    pingsSent: heartbeat.pingsSent,
    pongsReceived: heartbeat.pongsReceived,
    missedPongs: heartbeat.missed,
    clockOffsetMs: endpoint?.clockOffsetMs ?? null,
    intervalMs: endpoint?.intervalMs ?? null,
    framesIn: traffic.framesIn,
    framesOut: traffic.framesOut,
    bytesIn: traffic.bytesIn,
    bytesOut: traffic.bytesOut,
    frameOverheadBytes: traffic.overheadBytes,
    handshakeBytes: facts.handshake.bytes,
    samplesIn: traffic.samplesIn,
    framesInPerSec: isClosed ? 0 : traffic.framesInPerSec,
    bytesInPerSec: isClosed ? 0 : traffic.bytesInPerSec,
    samplesInPerSec: isClosed ? 0 : traffic.samplesInPerSec,
    refused: session.refused,
  };
}

/** Returns a session as its inspector shows it: with both sides of the opening and closing handshakes. */
export function sessionDetail(session: Session): SessionDetail {
  const { facts, closing } = session;
  const { request, response, startedAt, durationMs } = facts.handshake;
  const isClosing = closing.sent !== null || closing.received !== null || closing.isOver;
  return {
    ...sessionInfo(session),
    handshake: { request, response, startedAt, durationMs, cipher: facts.tls?.cipher ?? null },
    closing: isClosing ? { sent: closing.sent, received: closing.received, by: closing.by } : null,
  };
}
