import { describe, expect, it } from 'vitest';
import { createHubClient } from './client';
import type { HubMessage, UiMessage } from './messages';

/** Creates a client on a link whose other end the test controls. */
function connect() {
  const sent: UiMessage[] = [];
  let receive: (message: HubMessage) => void = () => {};
  let state: (state: 'open' | { code: string; message: string; retrying: boolean }) => void = () => {};
  const api = createHubClient({
    send: (message) => sent.push(message),
    start(onMessage, onState) {
      receive = onMessage;
      state = onState;
    },
  });
  state('open');
  return { api, sent, receive, drop: () => state({ code: 'GONE', message: 'gone', retrying: true }) };
}

describe('a cancelled call', () => {
  it('is rejected at once, and the hub is told', async () => {
    const { api, sent } = connect();
    const stop = new AbortController();
    const answer = api.call('getHub', {}, { signal: stop.signal });
    stop.abort();
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(sent.map(({ op, id }) => [op, id])).toEqual([
      ['call', 1],
      ['cancel', 1],
    ]);
  });

  it('is never sent when it was cancelled before', async () => {
    const { api, sent } = connect();
    const answer = api.call('getHub', {}, { signal: AbortSignal.abort() });
    await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(sent).toEqual([]);
  });

  it('stays answered when it is cancelled after its answer', async () => {
    const { api, sent, receive } = connect();
    const stop = new AbortController();
    const answer = api.call('getRefused', {}, { signal: stop.signal });
    receive({ op: 'result', id: 1, value: { A: 1 } });
    stop.abort();
    await expect(answer).resolves.toEqual({ A: 1 });
    expect(sent).toHaveLength(1);
  });

  it('counts until the hub has answered it, so that many cancelled ones cannot pile up in the hub', async () => {
    const { api, receive } = connect();
    for (let i = 0; i < 1_000; i++) {
      const stop = new AbortController();
      const answer = api.call('getHub', {}, { signal: stop.signal });
      stop.abort();
      await expect(answer).rejects.toMatchObject({ code: 'CANCELLED' });
    }
    await expect(api.call('getHub', {})).rejects.toMatchObject({ code: 'BUSY' });
    receive({ op: 'error', id: 1, code: 'CANCELLED', message: 'cancelled' });
    const answer = api.call('getRefused', {});
    receive({ op: 'result', id: 1_001, value: {} });
    await expect(answer).resolves.toEqual({});
  });

  it('does not count any more once the connection is lost', async () => {
    const { api, drop } = connect();
    const stop = new AbortController();
    const answer = api.call('getHub', {}, { signal: stop.signal });
    drop();
    stop.abort();
    await expect(answer).rejects.toMatchObject({ code: 'DISCONNECTED' });
  });
});
