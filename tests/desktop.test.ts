import type { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { app, ipcMain, Menu, protocol } from 'electron';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createHubClient } from '@shared/bridge/client';
import type { HubMessage } from '@shared/bridge/messages';
import { createIpcLink } from '../src/preload/ipc-link';
import { FakeBrowserWindow } from './fakes/electron';
import { eventually } from './patience';

vi.mock('electron', async () => (await import('./fakes/electron')).fakeElectron());

/** The whole desktop app with a real hub, a real built-in agent and the real preload's link; only Electron is fake. */

const appBus = app as unknown as EventEmitter;
const ipcBus = ipcMain as unknown as EventEmitter;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
  vi.mocked(app.getPath).mockImplementation((name) => join(folder, name));
  vi.mocked(app.commandLine.getSwitchValue).mockImplementation((name) => (name === 'port' ? '0' : ''));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The page's end of IPC, as Electron would carry it between the fake window and `ipcMain`. */
function connectPage() {
  const window = FakeBrowserWindow.made[0];
  if (!window) throw new Error('there is no window');
  let listener: (event: never, message: HubMessage) => void = () => undefined;
  const frame = {
    processId: 1,
    frameToken: 'f',
    parent: null,
    detached: false,
    origin: 'app://wirewatch',
    isDestroyed: () => false,
    send: (_channel: string, message: HubMessage) => listener({} as never, structuredClone(message)),
  };
  window.webContents.mainFrame = frame;
  const ipcRenderer = {
    on: (_channel: string, given: typeof listener) => (listener = given),
    removeAllListeners: () => undefined,
    send: (channel: string, message: unknown) =>
      ipcBus.emit(channel, { sender: window.webContents, senderFrame: frame }, structuredClone(message)),
  };
  return createHubClient(createIpcLink(ipcRenderer as never));
}

describe('the desktop app', () => {
  it('sets everything up and loads its page', async () => {
    await import('../src/main/index');
    await eventually(() => FakeBrowserWindow.made.length > 0);
    expect(protocol.registerSchemesAsPrivileged).toHaveBeenCalledOnce();
    expect(protocol.handle).toHaveBeenCalledOnce();
    expect(app.enableSandbox).toHaveBeenCalledOnce();
    expect(Menu.setApplicationMenu).toHaveBeenCalledOnce();
    expect(FakeBrowserWindow.made[0]?.loadURL).toHaveBeenCalledWith('app://wirewatch/index.html');
  });

  it('lets the page talk to the hub, which already watches this computer', async () => {
    const hub = connectPage();
    const info = await hub.call('getHub', {});
    expect(info.runtime).toMatch(/^electron /);
    await eventually(async () =>
      (await hub.call('listDevices', {})).some((device) => device.local && device.seriesCount > 5),
    );
    await expect(hub.call('removeDevice', { device: 'nobody' })).rejects.toMatchObject({
      code: expect.stringMatching(/^[A-Z_]+$/) as string,
    });
  });

  it('delivers live values as typed arrays', async () => {
    const hub = connectPage();
    const local = (await hub.call('listDevices', {})).find((device) => device.local);
    const series = await hub.call('listSeries', { device: local?.id ?? '' });
    const frame = await new Promise((resolve) => {
      hub.openFeed({ series: series.map(({ id }) => id), windowMs: 60_000, flushMs: 50 }, resolve);
    });
    expect(frame).toMatchObject({ kind: 'snapshot' });
    const { blocks } = frame as { blocks: { t: unknown }[] };
    expect(blocks[0]?.t).toBeInstanceOf(Float64Array);
  });

  it('stops the hub before it quits', async () => {
    const event = { preventDefault: vi.fn() };
    appBus.emit('will-quit', event);
    expect(event.preventDefault).toHaveBeenCalled();
    await eventually(() => vi.mocked(app.quit).mock.calls.length > 0);
  });
});
