import { EventEmitter } from 'node:events';
import { vi } from 'vitest';

/**
 * Creates fakes for the part of `electron` that the shell uses; they record calls and can emit events. Use it as
 * `vi.mock('electron', async () => (await import('…/tests/fakes/electron')).fakeElectron())`.
 */
export function fakeElectron() {
  return {
    app: fakeApp(),
    BrowserWindow: FakeBrowserWindow,
    dialog: { showMessageBox: vi.fn(() => Promise.resolve({ response: 0 })), showErrorBox: vi.fn() },
    ipcMain: new EventEmitter(),
    Menu: { setApplicationMenu: vi.fn(), buildFromTemplate: vi.fn((template: unknown) => template) },
    nativeImage: { createFromPath: vi.fn((path: string) => ({ path })) },
    nativeTheme: Object.assign(new EventEmitter(), { themeSource: 'system', shouldUseDarkColors: true }),
    Notification: FakeNotification,
    powerMonitor: new EventEmitter(),
    protocol: { handle: vi.fn(), registerSchemesAsPrivileged: vi.fn() },
    screen: {
      getPrimaryDisplay: vi.fn(() => DISPLAY),
      getAllDisplays: vi.fn(() => [DISPLAY]),
    },
    session: { defaultSession: fakeSession() },
    shell: { openExternal: vi.fn(() => Promise.resolve()) },
    Tray: FakeTray,
  };
}

const DISPLAY = { id: 1, workArea: { x: 0, y: 0, width: 1920, height: 1040 } };

function fakeApp() {
  return Object.assign(new EventEmitter(), {
    isPackaged: false,
    name: 'Wirewatch',
    quit: vi.fn(),
    exit: vi.fn(),
    whenReady: vi.fn(() => Promise.resolve()),
    enableSandbox: vi.fn(),
    setAppUserModelId: vi.fn(),
    setDesktopName: vi.fn(),
    requestSingleInstanceLock: vi.fn(() => true),
    setAboutPanelOptions: vi.fn(),
    showAboutPanel: vi.fn(),
    getVersion: vi.fn(() => '1.0.0'),
    getPath: vi.fn((name: string) => `/paths/${name}`),
    commandLine: { getSwitchValue: vi.fn<(name: string) => string>(() => '') },
  });
}

export function fakeSession() {
  return Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: vi.fn(),
    setPermissionCheckHandler: vi.fn(),
    setDevicePermissionHandler: vi.fn(),
    webRequest: { onBeforeRequest: vi.fn() },
  });
}

export class FakeWebContents extends EventEmitter {
  url = 'app://wirewatch/index.html';
  mainFrame: unknown = null;
  reload = vi.fn();
  forcefullyCrashRenderer = vi.fn();
  setWindowOpenHandler = vi.fn();
  getURL(): string {
    return this.url;
  }
}

export class FakeBrowserWindow extends EventEmitter {
  static made: FakeBrowserWindow[] = [];
  webContents = new FakeWebContents();
  destroyed = false;
  maximized = false;
  bounds = { x: 10, y: 20, width: 1000, height: 700 };
  show = vi.fn();
  focus = vi.fn();
  restore = vi.fn();
  loadURL = vi.fn((_url: string) => Promise.resolve());

  constructor(readonly options: Record<string, unknown> = {}) {
    super();
    FakeBrowserWindow.made.push(this);
  }
  setBackgroundColor = vi.fn();
  maximize(): void {
    this.maximized = true;
  }
  isMaximized(): boolean {
    return this.maximized;
  }
  isMinimized(): boolean {
    return false;
  }
  isVisible(): boolean {
    return this.show.mock.calls.length > 0;
  }
  isDestroyed(): boolean {
    return this.destroyed;
  }
  getNormalBounds() {
    return this.bounds;
  }
}

export class FakeNotification extends EventEmitter {
  static made: FakeNotification[] = [];
  static isSupported = vi.fn(() => true);
  show = vi.fn();
  close = vi.fn();

  constructor(readonly options: { title: string; body: string }) {
    super();
    FakeNotification.made.push(this);
  }
}

export class FakeTray extends EventEmitter {
  static made: FakeTray[] = [];
  setToolTip = vi.fn();
  setContextMenu = vi.fn();
  destroy = vi.fn();

  constructor(readonly image: unknown) {
    super();
    FakeTray.made.push(this);
  }
}
