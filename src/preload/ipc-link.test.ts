import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createHubClient } from '@shared/bridge/client';
import type { HubMessage } from '@shared/bridge/messages';
import { createIpcLink } from './ipc-link';

function setup() {
  const sent: unknown[] = [];
  const incoming = new EventEmitter();
  const ipc = {
    on(channel: string, listener: (event: never, message: HubMessage) => void) {
      incoming.on(channel, (message: HubMessage) => listener({} as never, message));
      return this as never;
    },
    removeAllListeners(channel: string) {
      incoming.removeAllListeners(channel);
      return this as never;
    },
    send: (channel: string, message: unknown) => sent.push([channel, message]),
  };
  const hub = createHubClient(createIpcLink(ipc as never));
  return { hub, ipc, sent, receive: (message: HubMessage) => incoming.emit('wirewatch:to-ui', message) };
}

describe('the IPC link', () => {
  it('announces the page before anything else', () => {
    const { hub, sent } = setup();
    void hub.call('listDevices', {});
    expect(sent).toEqual([
      ['wirewatch:to-hub', { op: 'open' }],
      ['wirewatch:to-hub', { op: 'call', id: 1, name: 'listDevices', params: {} }],
    ]);
  });

  it('is connected once the hub says hello', () => {
    const { hub, receive } = setup();
    const states: string[] = [];
    hub.onLink((link) => states.push(link.state));
    receive({ op: 'hello', bootId: 'b1', hubTime: 1 });
    expect(states).toEqual(['connecting', 'open']);
  });

  it('hears the hub once, however often it is started', () => {
    const { ipc, receive } = setup();
    let heard = 0;
    createIpcLink(ipc as never).start(
      () => heard++,
      () => undefined,
    );
    receive({ op: 'hello', bootId: 'b1', hubTime: 1 });
    expect(heard).toBe(1);
  });

  it('delivers answers and topics', async () => {
    const { hub, receive } = setup();
    const heard: unknown[] = [];
    const answer = hub.call('listDevices', {});
    hub.subscribe('settings', {}, (message) => heard.push(message));
    receive({ op: 'result', id: 1, value: [] });
    receive({ op: 'topic', id: 2, message: { theme: 'dark' } });
    await expect(answer).resolves.toEqual([]);
    expect(heard).toEqual([{ theme: 'dark' }]);
  });
});
