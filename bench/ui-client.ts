import { WebSocket } from 'ws';
import { createHubClient } from '@shared/bridge/client';
import { decodeFeedFrame } from '@shared/bridge/feed-codec';
import type { HubMessage } from '@shared/bridge/messages';
import type { HubApi } from '@shared/hub-api';

/** Connects a UI client that acts like a browser: signs in over HTTP, then uses the bridge over its WebSocket. */
export async function connectUi(port: number): Promise<{ api: HubApi; close(): void }> {
  const origin = `http://127.0.0.1:${port}`;
  const answer = await fetch(`${origin}/ui/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: origin },
    body: '{}',
  });
  const cookie = answer.headers.get('set-cookie')?.split(';')[0];
  if (answer.status !== 204 || !cookie) throw new Error(`the hub let no UI in: ${answer.status}`);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ui`, { origin, headers: { Cookie: cookie } });
  const api = createHubClient({
    send: (message) => socket.send(JSON.stringify(message)),
    start(onMessage, onState) {
      socket.on('open', () => onState('open'));
      socket.on('close', () => onState({ code: 'CLOSED', message: 'closed', retrying: false }));
      socket.on('message', (data: Buffer, isBinary) => {
        if (!isBinary) {
          onMessage(JSON.parse(data.toString()) as HubMessage);
          return;
        }
        const decoded = decodeFeedFrame(
          data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer,
        );
        if (decoded.ok) onMessage({ op: 'feed', ...decoded.value });
      });
    },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    api.onLink((link) => {
      if (link.state === 'open') resolve();
    });
  });
  return { api, close: () => socket.close() };
}
