import { type EventEmitter } from 'node:events';
import { ipcMain } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubMessage } from '@shared/bridge/messages';
import { silentLogger } from '@shared/logger';
import { FakeWebContents } from '../../../tests/fakes/electron';
import { endlessCommand, outerHandlers, startHub } from '../../../tests/fakes/hub-harness';
import { PATIENCE_MS } from '../../../tests/patience';
import { setupIpc } from './ipc';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

interface Connection {
  send: (message: HubMessage) => void;
  receive: ReturnType<typeof vi.fn>;
  dispose: ReturnType<typeof vi.fn>;
}

let connections: Connection[];
let ipc: ReturnType<typeof setupIpc>;
const ipcBus = ipcMain as unknown as EventEmitter;

function page(overrides: Record<string, unknown> = {}) {
  const contents = new FakeWebContents();
  const frame = {
    processId: 7,
    frameToken: 'main',
    parent: null,
    detached: false,
    origin: 'app://wirewatch',
    isDestroyed: () => false,
    send: vi.fn(),
    ...overrides,
  };
  contents.mainFrame = { processId: 7, frameToken: 'main' };
  const say = (message: unknown, from: unknown = frame) =>
    ipcBus.emit('wirewatch:to-hub', { sender: contents, senderFrame: from }, message);
  return { contents, frame, say };
}

beforeEach(() => {
  ipcBus.removeAllListeners();
  connections = [];
  ipc = setupIpc(
    {
      connectUi(send) {
        const connection = { send, receive: vi.fn(), dispose: vi.fn() };
        connections.push(connection);
        return connection;
      },
    },
    silentLogger,
  );
});

describe('the IPC bridge', () => {
  it('connects a page that announces itself and carries messages both ways', () => {
    const { frame, say } = page();
    say({ op: 'open' });
    say({ op: 'call', id: 1, name: 'listDevices', params: {} });
    connections[0]?.send({ op: 'result', id: 1, value: [] });
    expect(connections[0]?.receive).toHaveBeenCalledWith({
      op: 'call',
      id: 1,
      name: 'listDevices',
      params: {},
    });
    expect(frame.send).toHaveBeenCalledWith('wirewatch:to-ui', { op: 'result', id: 1, value: [] });
  });

  it('stops a command of the hub that the page has cancelled', async () => {
    const { hub, dispose } = await startHub();
    let stopped = false;
    const listBrowsers = endlessCommand(() => {
      stopped = true;
    });
    hub.handleOuterCommands(outerHandlers({ listBrowsers }));
    ipc.dispose();
    ipc = setupIpc(hub, silentLogger);
    const { frame, say } = page();
    say({ op: 'open' });
    say({ op: 'call', id: 1, name: 'listBrowsers', params: {} });
    say({ op: 'cancel', id: 1 });
    await vi.waitFor(
      () =>
        expect(frame.send).toHaveBeenCalledWith(
          'wirewatch:to-ui',
          expect.objectContaining({ op: 'error', id: 1, code: 'CANCELLED' }),
        ),
      PATIENCE_MS,
    );
    expect(stopped).toBe(true);
    await dispose();
  });

  it.each([
    ['a frame that is gone', null],
    ['a page of another origin', { origin: 'https://evil.example' }],
    ['a frame inside the page', { parent: {} }],
    ['another frame than the main one', { frameToken: 'other' }],
    ['a detached frame', { detached: true }],
    ['a destroyed frame', { isDestroyed: () => true }],
  ])('refuses %s', (_what, overrides) => {
    const { say, frame } = page(overrides ?? {});
    say({ op: 'open' }, overrides === null ? null : frame);
    expect(connections).toHaveLength(0);
  });

  it('takes nothing from a page that did not announce itself', () => {
    const { say } = page();
    expect(() => say({ op: 'call', id: 1, name: 'listDevices', params: {} })).not.toThrow();
    expect(connections).toHaveLength(0);
  });

  it('ends the connection as the page is left, and not for a change of the hash', () => {
    const { contents, say } = page();
    say({ op: 'open' });
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    expect(connections[0]?.dispose).not.toHaveBeenCalled();
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
  });

  it.each(['render-process-gone', 'destroyed'])('ends the connection on %s', (event) => {
    const { contents, say } = page();
    say({ op: 'open' });
    contents.emit(event);
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
  });

  it('replaces the connection of a page that was loaded again, without adding listeners', () => {
    const { contents, say } = page();
    say({ op: 'open' });
    const listeners = contents.listenerCount('did-start-navigation');
    say({ op: 'open' });
    expect(connections).toHaveLength(2);
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
    expect(contents.listenerCount('did-start-navigation')).toBe(listeners);
  });

  it('drops what the hub sends to a frame that is gone', () => {
    const { frame, say } = page();
    say({ op: 'open' });
    frame.isDestroyed = () => true;
    connections[0]?.send({ op: 'hello', bootId: 'b', hubTime: 1 });
    frame.isDestroyed = () => false;
    frame.send.mockImplementation(() => {
      throw new Error('Render frame was disposed');
    });
    expect(() => connections[0]?.send({ op: 'hello', bootId: 'b', hubTime: 1 })).not.toThrow();
  });

  it('ends every connection and listens no more once disposed', () => {
    const { say } = page();
    say({ op: 'open' });
    ipc.dispose();
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
    say({ op: 'open' });
    expect(connections).toHaveLength(1);
  });
});
