import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFeedFrame } from '@shared/bridge/feed-codec';
import type { LinkEnd } from '@shared/bridge/client';
import type { HubMessage } from '@shared/bridge/messages';
import { createSocketLink } from './socket-link';

/** A WebSocket whose other end is the test. */
class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: URL) {
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.readyState = 3;
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const last = () => FakeSocket.made.at(-1) ?? expect.fail('nothing was connected');

function start(session: 'ok' | 'needs-code' | 'unknown' = 'unknown') {
  const checkSession = vi.fn(() => Promise.resolve(session));
  const link = createSocketLink({ url: new URL('https://nas:7411/ui'), checkSession, random: () => 0.5 });
  const messages: HubMessage[] = [];
  const states: unknown[] = [];
  const ends: LinkEnd[] = [];
  link.start(
    (message) => messages.push(message),
    (state) => {
      states.push(typeof state === 'string' ? state : [state.code, state.retrying]);
      if (typeof state !== 'string') ends.push(state);
    },
  );
  return { link, messages, states, ends, checkSession };
}

describe('createSocketLink', () => {
  let listeners: Map<string, () => void>;
  const emit = (event: string) => listeners.get(event)?.();

  beforeEach(() => {
    FakeSocket.made = [];
    listeners = new Map();
    vi.useFakeTimers();
    vi.stubGlobal('WebSocket', FakeSocket);
    vi.stubGlobal('navigator', { onLine: true });
    vi.stubGlobal('document', { hidden: false, addEventListener: () => {} });
    vi.stubGlobal('window', {
      addEventListener: (event: string, run: () => void) => listeners.set(event, run),
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('speaks JSON and takes feed frames as binary, encrypted where the page is', () => {
    const { link, messages, states } = start();
    expect(String(last().url)).toBe('wss://nas:7411/ui');
    last().open();
    link.send({ op: 'credit', id: 3 });
    expect(last().sent).toEqual(['{"op":"credit","id":3}']);
    last().onmessage?.({ data: '{"op":"hello","bootId":"b"}' });
    const frame = { bootId: 'b', hubTime: 5, kind: 'append' as const, blocks: [] };
    last().onmessage?.({ data: encodeFeedFrame(3, frame).buffer });
    expect(messages).toEqual([
      { op: 'hello', bootId: 'b' },
      { op: 'feed', id: 3, frame },
    ]);
    expect(states).toEqual(['connecting', 'open']);
  });

  it('tries again, each time after a longer wait up to a bound', async () => {
    const { states } = start();
    for (const wait of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000]) {
      const tries = FakeSocket.made.length;
      last().drop();
      await vi.advanceTimersByTimeAsync(wait - 1);
      expect(FakeSocket.made).toHaveLength(tries);
      await vi.advanceTimersByTimeAsync(1);
      expect(FakeSocket.made).toHaveLength(tries + 1);
    }
    expect(states.slice(0, 3)).toEqual(['connecting', ['UNREACHABLE', true], 'connecting']);
  });

  it('tries at once when the network is back', async () => {
    start();
    last().open();
    last().drop();
    await vi.advanceTimersByTimeAsync(0);
    emit('online');
    expect(FakeSocket.made).toHaveLength(2);
    emit('online');
    expect(FakeSocket.made).toHaveLength(2);
  });

  it.each([
    ['the hub closes with 4001', (socket: FakeSocket) => (socket.open(), socket.drop(4001)), 'unknown'],
    ['the upgrade is refused and the session unknown', (socket: FakeSocket) => socket.drop(), 'needs-code'],
  ] as const)('gives up for a sign-in when %s', async (_, happen, session) => {
    const { states } = start(session);
    happen(last());
    await vi.advanceTimersByTimeAsync(60_000);
    expect(states.at(-1)).toEqual(['UNAUTHORISED', false]);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('asks for a sign of life after silence, and gives a silent connection up', async () => {
    const { states } = start();
    last().open();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(JSON.parse(last().sent[0] ?? '{}')).toMatchObject({ op: 'call', id: 0, name: 'getHub' });
    last().onmessage?.({ data: '{"op":"result","id":0,"value":null}' });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(last().sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(states.at(-1)).toEqual(['LINK_LOST', true]);
  });

  it('gives up within a second when the browser says that it is offline and the hub does not answer', async () => {
    const { states } = start();
    last().open();
    emit('offline');
    last().onmessage?.({ data: '{"op":"result","id":0,"value":null}' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states.at(-1)).toBe('open');
    emit('offline');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(states).toContainEqual(['LINK_LOST', true]);
  });

  it('gives an attempt up that gets no answer at all', async () => {
    const { states } = start();
    await vi.advanceTimersByTimeAsync(8_000);
    expect(states).toEqual(['connecting', ['UNREACHABLE', true]]);
    last().open();
    expect(states).toHaveLength(2);
  });

  it('says when it tries again', async () => {
    const { ends } = start();
    const now = Date.now();
    last().open();
    last().drop();
    await vi.advanceTimersByTimeAsync(0);
    expect(ends[0]?.retryAt).toBe(now + 250);
  });

  it('passes over what is no message', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const { messages } = start();
    last().open();
    last().onmessage?.({ data: 'not json' });
    last().onmessage?.({ data: new ArrayBuffer(3) });
    expect(messages).toEqual([]);
  });
});
