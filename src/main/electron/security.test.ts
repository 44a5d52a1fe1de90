import type { EventEmitter } from 'node:events';
import { app, shell } from 'electron';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '@shared/logger';
import { fakeSession, FakeWebContents } from '../../../tests/fakes/electron';
import { setupSecurity, setupSession } from './security';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

const appBus = app as unknown as EventEmitter;

function fencedContents(): FakeWebContents {
  const contents = new FakeWebContents();
  appBus.emit('web-contents-created', {}, contents);
  return contents;
}

beforeEach(() => {
  appBus.removeAllListeners();
  vi.mocked(shell.openExternal).mockClear();
  setupSecurity(silentLogger);
});

describe('every page', () => {
  it('is sandboxed', () => {
    expect(app.enableSandbox).toHaveBeenCalled();
  });

  it.each(['will-navigate', 'will-redirect'])('may not leave the app by %s', (name) => {
    const contents = fencedContents();
    const outside = { url: 'https://evil.example/', preventDefault: vi.fn() };
    const inside = { url: 'app://wirewatch/index.html', preventDefault: vi.fn() };
    const lookalike = { url: 'app://wirewatch.evil/index.html', preventDefault: vi.fn() };
    contents.emit(name, outside);
    contents.emit(name, inside);
    contents.emit(name, lookalike);
    expect(outside.preventDefault).toHaveBeenCalled();
    expect(inside.preventDefault).not.toHaveBeenCalled();
    expect(lookalike.preventDefault).toHaveBeenCalled();
  });

  it.each([
    ['app://wirewatch/', true],
    ['app://wirewatch/index.html?theme=dark#/settings', true],
    ['app://wirewatch/nowhere.html', false],
    ['app://wirewatch/assets/main.js', false],
    ['app://wirewatch/index.html/..', false],
  ])('may navigate to pages that exist: %s %s', (url, allowed) => {
    const event = { url, preventDefault: vi.fn() };
    fencedContents().emit('will-navigate', event);
    expect(event.preventDefault).toHaveBeenCalledTimes(allowed ? 0 : 1);
  });

  it('may not navigate a frame at all, nor attach a webview', () => {
    const contents = fencedContents();
    const frame = { url: 'app://wirewatch/index.html', isMainFrame: false, preventDefault: vi.fn() };
    const webview = { preventDefault: vi.fn() };
    contents.emit('will-frame-navigate', frame);
    contents.emit('will-attach-webview', webview);
    expect(frame.preventDefault).toHaveBeenCalled();
    expect(webview.preventDefault).toHaveBeenCalled();
  });

  it.each([
    ['https://www.rfc-editor.org/rfc/rfc6455', true],
    ['http://www.rfc-editor.org/rfc/rfc6455', false],
    ['https://user:pw@www.rfc-editor.org/', false],
    ['https://www.rfc-editor.org:8443/', false],
    ['https://evil.example/', false],
    ['file:///etc/passwd', false],
    ['smb://opentelemetry.io/share', false],
    ['javascript:alert(1)', false],
    ['not a url', false],
  ])('opens no window; %s reaches the browser: %s', (url, opened) => {
    const contents = fencedContents();
    const handler = contents.setWindowOpenHandler.mock.calls[0]?.[0] as (details: { url: string }) => unknown;
    expect(handler({ url })).toEqual({ action: 'deny' });
    expect(shell.openExternal).toHaveBeenCalledTimes(opened ? 1 : 0);
  });
});

describe('the session', () => {
  let target: ReturnType<typeof fakeSession>;

  beforeEach(() => {
    target = fakeSession();
    setupSession(silentLogger, target as never);
  });

  const request = (permission: string, url = 'app://wirewatch/index.html', isMainFrame = true): boolean => {
    let granted = true;
    const handler = target.setPermissionRequestHandler.mock.calls[0]?.[0] as (
      contents: unknown,
      permission: string,
      callback: (granted: boolean) => void,
      details: { requestingUrl: string; isMainFrame: boolean },
    ) => void;
    handler(new FakeWebContents(), permission, (value) => (granted = value), {
      requestingUrl: url,
      isMainFrame,
    });
    return granted;
  };

  it.each(['media', 'geolocation', 'notifications', 'usb', 'serial', 'clipboard-read', 'openExternal'])(
    'refuses %s',
    (permission) => {
      const check = target.setPermissionCheckHandler.mock.calls[0]?.[0] as (...of: unknown[]) => boolean;
      expect(request(permission)).toBe(false);
      expect(check(null, permission, 'app://wirewatch/', {})).toBe(false);
    },
  );

  it.each(['clipboard-sanitized-write', 'fullscreen', 'screen-wake-lock'])(
    'lets only the UI itself have %s: copying text, and a board on a wall',
    (permission) => {
      expect(request(permission)).toBe(true);
      expect(request(permission, 'https://evil.example/')).toBe(false);
      expect(request(permission, 'app://wirewatch/index.html', false)).toBe(false);
    },
  );

  it('grants no device', () => {
    const handler = target.setDevicePermissionHandler.mock.calls[0]?.[0] as () => boolean;
    expect(handler()).toBe(false);
  });

  it.each([
    ['app://wirewatch/assets/main.js', false],
    ['blob:app://wirewatch/1', false],
    ['data:image/png;base64,', false],
    ['https://evil.example/collect', true],
    ['http://127.0.0.1:7411/', true],
    ['file:///etc/passwd', true],
    ['ws://127.0.0.1:7411/ui', true],
  ])('requests of %s are cancelled: %s', (url, cancelled) => {
    const handler = target.webRequest.onBeforeRequest.mock.calls[0]?.[0] as (
      details: { url: string },
      callback: (response: { cancel: boolean }) => void,
    ) => void;
    const callback = vi.fn();
    handler({ url }, callback);
    expect(callback).toHaveBeenCalledWith({ cancel: cancelled });
  });
});
