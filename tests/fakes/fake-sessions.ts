import type { DeviceInfo, FrameInfo, SessionDetail, SessionInfo } from '@shared/model';
import { noise } from './fake-signals';

/** Creates the connection of a device as it is `seconds` after it was opened. */
export function makeSession(device: DeviceInfo, index: number, now: number): SessionInfo {
  const openedAt = device.connectedAt ?? now - 3_600_000;
  const closedAt = device.session === null ? (device.lastSeenAt ?? now) : null;
  const seconds = ((closedAt ?? now) - openedAt) / 1_000;
  const perSec = closedAt === null && device.state === 'online' ? 1_000 / device.intervalMs : 0;
  const bytes = device.simple ? 38 : 412;
  const pings = Math.floor(seconds / 10);
  return {
    id: device.session ?? `session-${index}`,
    device: device.id,
    name: device.name,
    endpoint: 'agent',
    path: '/agent',
    state: device.state,
    reason: device.reason,
    address: device.address ?? '192.168.1.9',
    port: 50_000 + index,
    agent: device.agent,
    protocol: device.simple ? null : 'wirewatch.v1',
    tls: device.simple ? null : 'TLSv1.3',
    openedAt,
    closedAt,
    lastFrameAt: closedAt ?? now,
    rttMs: device.rttMs,
    pingsSent: pings,
    pongsReceived: device.state === 'stale' ? pings - 2 : pings,
    missedPongs: device.state === 'stale' ? 2 : 0,
    clockOffsetMs: device.clockOffsetMs,
    intervalMs: device.intervalMs,
    framesIn: Math.round(seconds),
    framesOut: Math.round(seconds / 2),
    bytesIn: Math.round(seconds * bytes),
    bytesOut: Math.round(seconds * 13),
    frameOverheadBytes: Math.round(seconds * 9),
    handshakeBytes: 463,
    samplesIn: Math.round(seconds * device.seriesCount),
    framesInPerSec: perSec,
    bytesInPerSec: perSec * bytes,
    samplesInPerSec: perSec * device.seriesCount,
    refused: 0,
  };
}

export function makeSessionDetail(session: SessionInfo): SessionDetail {
  const ended = session.closedAt;
  return {
    ...session,
    handshake: {
      startedAt: session.openedAt,
      durationMs: 2.6,
      cipher: session.tls === null ? null : 'TLS_AES_256_GCM_SHA384',
      request: {
        startLine: `GET ${session.path} HTTP/1.1`,
        headers: [
          ['Host', '192.168.1.20:7411'],
          ['Upgrade', 'websocket'],
          ['Connection', 'Upgrade'],
          ['Sec-WebSocket-Version', '13'],
          ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
          ...(session.protocol ? ([['Sec-WebSocket-Protocol', session.protocol]] as [string, string][]) : []),
          ['Authorization', '(hidden)'],
        ],
      },
      response: {
        startLine: 'HTTP/1.1 101 Switching Protocols',
        headers: [
          ['Upgrade', 'websocket'],
          ['Connection', 'Upgrade'],
          ['Sec-WebSocket-Accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='],
          ...(session.protocol ? ([['Sec-WebSocket-Protocol', session.protocol]] as [string, string][]) : []),
        ],
      },
    },
    closing:
      ended === null
        ? null
        : session.reason?.code === 1000
          ? {
              by: 'hub',
              sent: { code: 1000, reason: 'Closed in the app.', at: ended - 2 },
              received: { code: 1000, reason: '', at: ended },
            }
          : { by: 'hub', sent: { code: 4007, reason: 'No heartbeat.', at: ended }, received: null },
  };
}

/** Creates the frames of a session for one turn: rows and their acknowledgement, and occasionally a heartbeat. */
export function makeFrames(session: SessionInfo, turn: number, firstSeq: number, now: number): FrameInfo[] {
  const frames: Omit<FrameInfo, 'seq'>[] = [];
  const add = (direction: 'in' | 'out', opcode: FrameInfo['opcode'], preview: string, bytes?: number) =>
    frames.push({
      at: now,
      direction,
      opcode,
      payloadBytes: bytes ?? preview.length,
      preview: preview.slice(0, 512),
      truncated: (bytes ?? 0) > 512,
    });
  const values = Array.from({ length: 24 }, (_, i) => noise(turn, i).toFixed(3)).join(',');
  if (session.protocol) {
    add('in', 'text', `{"type":"rows","seq":${turn},"schema":3,"rows":[[${now},${values}]]}`);
    add('out', 'text', `{"type":"ack","seq":${turn}}`);
  } else add('in', 'text', `{"temperature":${(22 + noise(turn, 1)).toFixed(2)},"humidity":44}`);
  if (turn % 10 === 0) {
    add('out', 'ping', '8f 1c 00 2a 77 10 04 be', 8);
    add('in', 'pong', '8f 1c 00 2a 77 10 04 be', 8);
  }
  return frames.map((frame, i) => ({ ...frame, seq: firstSeq + i }));
}
