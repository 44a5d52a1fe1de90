import { type EventEmitter } from 'node:events';
import { ipcMain } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { HubMessage } from '@shared/bridge/messages';
import { silentLogger } from '@shared/logger';
import { CapturingLog } from '../../../tests/fakes/capturing-log';
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

const clock = { time: 0, monotonic: () => clock.time };
let log: CapturingLog;
let pageFaults: unknown[];
const onPageFault = (stack: unknown): void => void pageFaults.push(stack);
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
  pageFaults = [];
  log = new CapturingLog();
  ipc = setupIpc(
    {
      connectUi(send) {
        const connection = { send, receive: vi.fn(), dispose: vi.fn() };
        connections.push(connection);
        return connection;
      },
    },
    { log, onPageFault, clock },
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
    ipc = setupIpc(hub, { log: silentLogger, onPageFault });
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

  it('ends the connection when another page has taken the place of its own', () => {
    const { contents, say } = page();
    say({ op: 'open' });
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    // The navigation may still be refused.
    expect(connections[0]?.dispose).not.toHaveBeenCalled();
    contents.emit('did-navigate');
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
  });

  it('goes on after a navigation that was refused', () => {
    const { contents, say } = page();
    say({ op: 'open' });
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    say({ op: 'call', id: 1, name: 'listDevices', params: {} });
    expect(connections[0]?.receive).toHaveBeenCalledOnce();
    expect(connections[0]?.dispose).not.toHaveBeenCalled();
  });

  it('keeps the connection of a page that opened it before its arrival was reported', () => {
    const { contents, say } = page();
    say({ op: 'open' });
    contents.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    say({ op: 'open' });
    contents.emit('did-navigate');
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
    expect(connections[1]?.dispose).not.toHaveBeenCalled();
  });

  it('serves a page that came back after a crash, whose frame is still said to be detached', () => {
    const { frame, say } = page({ detached: true });
    say({ op: 'open' });
    connections[0]?.send({ op: 'hello', bootId: 'b', hubTime: 1 });
    expect(frame.send).toHaveBeenCalledOnce();
  });

  it('sends nothing to a page whose place another has taken', () => {
    const { contents, frame, say } = page();
    say({ op: 'open' });
    contents.mainFrame = { processId: 8, frameToken: 'next' };
    connections[0]?.send({ op: 'hello', bootId: 'b', hubTime: 1 });
    expect(frame.send).not.toHaveBeenCalled();
  });

  it('hands on the stacks of errors in the page, and of no other page', () => {
    const { frame, say } = page();
    say({ op: 'page-fault', stack: 'TypeError: x' });
    say({ op: 'page-fault', stack: 'b' }, { ...frame, origin: 'https://evil.example' });
    say({ op: 'page-fault', stack: 'c' }, { ...frame, parent: {} });
    expect(pageFaults).toEqual(['TypeError: x']);
    expect(connections).toHaveLength(0);
  });

  it('logs refusals, up to a limit', () => {
    const { frame, say } = page();
    for (let n = 0; n < 500; n++) say({ op: 'open' }, { ...frame, origin: 'https://evil.example' });
    expect(log.lines).toHaveLength(20);
    clock.time += 5_000;
    say({ op: 'open' }, null);
    expect(log.lines.at(-1)).toMatchObject({ fields: { origin: 'gone', unlogged: 480 } });
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
    const listeners = contents.listenerCount('did-navigate');
    say({ op: 'open' });
    expect(connections).toHaveLength(2);
    expect(connections[0]?.dispose).toHaveBeenCalledOnce();
    expect(contents.listenerCount('did-navigate')).toBe(listeners);
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
