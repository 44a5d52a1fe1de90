import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventEmitter } from 'node:events';
import { app, dialog, nativeTheme } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '@shared/logger';
import { FakeBrowserWindow } from '../../../tests/fakes/electron';
import { setupWindow } from './window';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

let folder: string;
let stateFile: string;

beforeEach(() => {
  vi.useFakeTimers();
  FakeBrowserWindow.made = [];
  vi.mocked(dialog.showMessageBox).mockClear();
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
  stateFile = join(folder, 'window.json');
});

afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

function open(route?: string) {
  const window = setupWindow({ stateFile, log: silentLogger });
  window.show(route);
  const made = FakeBrowserWindow.made.at(-1);
  if (!made) throw new Error('no window was made');
  return { window, made };
}

describe('the window', () => {
  it('isolates and sandboxes its page', () => {
    expect(open().made.options['webPreferences']).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      preload: expect.stringMatching(/out[/\\]preload[/\\]index\.cjs$/) as string,
    });
  });

  it('loads the app and shows itself once there is something to see', () => {
    const { made } = open();
    expect(made.loadURL).toHaveBeenCalledWith('app://wirewatch/index.html');
    expect(made.options['show']).toBe(false);
    expect(made.show).not.toHaveBeenCalled();
    made.emit('ready-to-show');
    expect(made.show).toHaveBeenCalledOnce();
  });

  it('shows itself without a page too, rather than never', () => {
    const { made } = open();
    vi.advanceTimersByTime(5_000);
    expect(made.show).toHaveBeenCalledOnce();
    made.emit('ready-to-show');
    expect(made.show).toHaveBeenCalledOnce();
  });

  it('is made once, and leads to a route where it is open already', () => {
    const { window, made } = open();
    window.show('#/settings');
    expect(FakeBrowserWindow.made).toHaveLength(1);
    expect(made.loadURL).toHaveBeenLastCalledWith('app://wirewatch/index.html#/settings');
    expect(made.focus).toHaveBeenCalled();
  });

  it('is made anew after it was closed', () => {
    const { window, made } = open();
    made.emit('close');
    made.destroyed = true;
    made.emit('closed');
    window.show();
    expect(FakeBrowserWindow.made).toHaveLength(2);
  });

  it('remembers its place and whether it was maximised', () => {
    const { made } = open();
    made.maximized = true;
    made.emit('resize');
    vi.advanceTimersByTime(500);
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({
      bounds: { x: 10, y: 20, width: 1000, height: 700 },
      maximized: true,
    });
    const again = open().made;
    expect(again.options).toMatchObject({ x: 10, y: 20, width: 1000, height: 700 });
    // Maximising would show the window.
    expect(again.maximized).toBe(false);
    again.emit('ready-to-show');
    expect(again.maximized).toBe(true);
  });

  it('follows the theme with its background', () => {
    const { made } = open();
    const theme = nativeTheme as unknown as EventEmitter & { shouldUseDarkColors: boolean };
    expect(made.options['backgroundColor']).toBe('#0b0d10');
    theme.shouldUseDarkColors = false;
    theme.emit('updated');
    theme.shouldUseDarkColors = true;
    expect(made.setBackgroundColor).toHaveBeenCalledExactlyOnceWith('#f8f9fa');
  });

  it('is saved, and the app ends in order, when Windows ends the session', () => {
    const { made } = open();
    made.emit('resize');
    made.emit('session-end');
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({ bounds: { x: 10 } });
    expect(app.quit).toHaveBeenCalled();
  });

  it.each(['nonsense', '{"bounds":{"x":"1"}}', '[]'])('starts centred from a state file of %s', (text) => {
    writeFileSync(stateFile, text);
    expect(open().made.options).toMatchObject({ width: 1280, height: 820 });
  });
});

describe('a window that fails', () => {
  const crash = (made: FakeBrowserWindow, reason = 'crashed') =>
    made.webContents.emit('render-process-gone', {}, { reason, exitCode: 1 });

  it('is loaded again, three times a minute, and then asks', async () => {
    const { made } = open();
    for (let i = 0; i < 3; i++) crash(made);
    expect(made.webContents.reload).toHaveBeenCalledTimes(3);
    vi.mocked(dialog.showMessageBox).mockResolvedValueOnce({ response: 1, checkboxChecked: false });
    crash(made);
    await vi.runAllTimersAsync();
    expect(made.webContents.reload).toHaveBeenCalledTimes(3);
    expect(app.quit).toHaveBeenCalled();
  });

  it('may crash again after a quiet minute', () => {
    const { made } = open();
    for (let i = 0; i < 3; i++) crash(made);
    vi.advanceTimersByTime(60_000);
    crash(made);
    expect(made.webContents.reload).toHaveBeenCalledTimes(4);
  });

  it('is not loaded again when it ended cleanly, and asks at once when it cannot start', () => {
    const { made } = open();
    crash(made, 'clean-exit');
    expect(dialog.showMessageBox).not.toHaveBeenCalled();
    crash(made, 'launch-failed');
    expect(made.webContents.reload).not.toHaveBeenCalled();
    expect(dialog.showMessageBox).toHaveBeenCalledOnce();
  });

  it('asks once while it does not respond and takes the question back when it does', () => {
    vi.mocked(dialog.showMessageBox).mockReturnValueOnce(new Promise(() => undefined));
    const { made } = open();
    made.emit('unresponsive');
    made.emit('unresponsive');
    expect(dialog.showMessageBox).toHaveBeenCalledOnce();
    const options = (vi.mocked(dialog.showMessageBox).mock.calls[0] as unknown[])[1] as {
      signal: AbortSignal;
    };
    expect(options.signal.aborted).toBe(false);
    made.emit('responsive');
    expect(options.signal.aborted).toBe(true);
  });

  it('ends a hung page when asked to load it again', async () => {
    vi.mocked(dialog.showMessageBox).mockResolvedValueOnce({ response: 1, checkboxChecked: false });
    const { made } = open();
    made.emit('unresponsive');
    await vi.runAllTimersAsync();
    expect(made.webContents.forcefullyCrashRenderer).toHaveBeenCalled();
  });
});
