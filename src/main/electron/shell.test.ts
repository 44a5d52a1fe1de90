import { EventEmitter } from 'node:events';
import { app, dialog, Menu, nativeTheme, powerMonitor } from 'electron';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, FaultError, succeed, type Result } from '@shared/errors';
import type { TopicMessages } from '@shared/hub-api';
import { silentLogger } from '@shared/logger';
import type { DeviceInfo, Settings } from '@shared/model';
import { CapturingLog } from '../../../tests/fakes/capturing-log';
import { FakeTray } from '../../../tests/fakes/electron';
import { setupAbout } from './about';
import { readDesktopOptions } from './desktop-options';
import { setupFaults } from './faults';
import { setupIdentity } from './identity';
import { setupMenu } from './menu';
import { setupPower } from './power';
import { setupQuit } from './quit';
import { setupActivation, setupSingleInstance } from './single-instance';
import { startHub } from './start-hub';
import { setupTheme } from './theme';
import { setupTray } from './tray';

vi.mock('electron', async () => (await import('../../../tests/fakes/electron')).fakeElectron());

const appBus = app as unknown as EventEmitter;
const answerWith = (response: number) =>
  vi.mocked(dialog.showMessageBox).mockResolvedValueOnce({ response, checkboxChecked: false });

beforeEach(() => {
  vi.clearAllMocks();
  vi.useFakeTimers();
  appBus.removeAllListeners();
});

afterEach(() => vi.useRealTimers());

describe('starting twice', () => {
  it('ends the second and shows the window of the first', () => {
    const show = vi.fn();
    expect(setupSingleInstance()).toBe(true);
    setupActivation({ show });
    appBus.emit('second-instance');
    expect(show).toHaveBeenCalledOnce();
    vi.mocked(app.requestSingleInstanceLock).mockReturnValueOnce(false);
    expect(setupSingleInstance()).toBe(false);
    expect(app.quit).toHaveBeenCalledOnce();
  });
});

describe('starting the hub', () => {
  const inUse = fail('PORT_IN_USE', 'Port 7411 is in use.');

  it('gives what was started', async () => {
    await expect(startHub(() => Promise.resolve(succeed('hub')), silentLogger)).resolves.toBe('hub');
    expect(dialog.showMessageBox).not.toHaveBeenCalled();
  });

  it('offers another port where the usual one is taken', async () => {
    answerWith(0);
    const start = vi.fn((port?: number): Promise<Result<number>> => {
      return Promise.resolve(port === 0 ? succeed(50_000) : inUse);
    });
    await expect(startHub(start, silentLogger)).resolves.toBe(50_000);
    expect(start.mock.calls.map(([port]) => port)).toEqual([undefined, 0]);
  });

  it('tries the same port again, or quits, as the person chooses', async () => {
    answerWith(1);
    answerWith(2);
    const start = vi.fn((_port?: number): Promise<Result<number>> => Promise.resolve(inUse));
    await expect(startHub(start, silentLogger)).resolves.toBeNull();
    expect(start.mock.calls.map(([port]) => port)).toEqual([undefined, undefined]);
  });

  it('says why it cannot start at all', async () => {
    const start = () => Promise.resolve(fail('DATA_DIR_UNWRITABLE', 'The folder cannot be written.'));
    await expect(startHub(start, silentLogger)).rejects.toMatchObject({ code: 'DATA_DIR_UNWRITABLE' });
  });
});

describe('quitting', () => {
  const willQuit = () => {
    const event = { preventDefault: vi.fn() };
    appBus.emit('will-quit', event);
    return event.preventDefault;
  };

  it('waits for the hub to stop, once', async () => {
    const finish = vi.fn(() => Promise.resolve());
    setupQuit(finish, () => true, silentLogger);
    expect(willQuit()).toHaveBeenCalled();
    expect(willQuit()).toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(0);
    expect(app.quit).toHaveBeenCalledOnce();
    expect(willQuit()).not.toHaveBeenCalled();
    expect(finish).toHaveBeenCalledOnce();
  });

  it('does not wait for ever, nor stumble over a failure', async () => {
    setupQuit(
      () => new Promise(() => undefined),
      () => true,
      silentLogger,
    );
    willQuit();
    await vi.advanceTimersByTimeAsync(2_999);
    expect(app.quit).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(app.quit).toHaveBeenCalledOnce();
    appBus.removeAllListeners();
    setupQuit(
      () => Promise.reject(new Error('broken')),
      () => true,
      silentLogger,
    );
    willQuit();
    await vi.advanceTimersByTimeAsync(0);
    expect(app.quit).toHaveBeenCalledTimes(2);
  });
});

describe('the tray', () => {
  it('says first what needs a person, without flickering', () => {
    let listener: (message: TopicMessages['devices']) => void = () => undefined;
    const show = vi.fn();
    const owned = setupTray(
      { onDevices: (given) => ((listener = given), () => undefined) },
      { show },
      silentLogger,
    );
    const tray = FakeTray.made.at(-1);
    const device = (id: string, rest: Partial<DeviceInfo>) =>
      ({ id, approval: 'approved', state: 'online', ...rest }) as DeviceInfo;
    listener({
      full: true,
      changed: [device('a', {}), device('b', { state: 'offline', lastSeenAt: Date.now() })],
      removed: [],
    });
    listener({ full: false, changed: [device('c', { approval: 'pending' })], removed: [] });
    expect(tray?.setContextMenu).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(tray?.setContextMenu).toHaveBeenCalledTimes(2);
    expect(tray?.setToolTip).toHaveBeenLastCalledWith(
      'Wirewatch: 1 waiting for approval, 1 offline, 1 online',
    );
    tray?.emit('click');
    expect(show).toHaveBeenCalledOnce();
    owned.dispose();
    expect(tray?.destroy).toHaveBeenCalledOnce();
  });
});

describe('the small things', () => {
  it('follow the theme chosen in Settings', () => {
    let changeTo: (settings: Settings) => void = () => undefined;
    setupTheme({
      settings: () => ({ theme: 'dark' }) as Settings,
      onSettings: (given) => ((changeTo = given), () => undefined),
    });
    expect(nativeTheme.themeSource).toBe('dark');
    changeTo({ theme: 'light' } as Settings);
    expect(nativeTheme.themeSource).toBe('light');
  });

  it('name the app to the desktop it runs on', () => {
    const { platform } = process;
    try {
      for (const name of ['win32', 'linux', 'darwin']) {
        Object.defineProperty(process, 'platform', { value: name });
        setupIdentity();
      }
    } finally {
      Object.defineProperty(process, 'platform', { value: platform });
    }
    expect(app.setAppUserModelId).toHaveBeenCalledExactlyOnceWith('app.wirewatch.desktop');
    expect(app.setDesktopName).toHaveBeenCalledExactlyOnceWith('wirewatch.desktop');
  });

  it('build a menu that leads to settings and an About panel', () => {
    setupMenu({ show: vi.fn() });
    setupAbout();
    const text = JSON.stringify(vi.mocked(Menu.setApplicationMenu).mock.calls);
    for (const label of ['Settings…', 'Add Device…', 'About Wirewatch']) expect(text).toContain(label);
    expect(app.setAboutPanelOptions).toHaveBeenCalledWith(
      expect.objectContaining({ applicationName: 'Wirewatch', applicationVersion: '1.0.0' }),
    );
  });

  it('quit in order when the machine shuts down', () => {
    const power = setupPower(silentLogger);
    const bus = powerMonitor as unknown as EventEmitter;
    bus.emit('shutdown', { preventDefault: vi.fn() });
    expect(app.quit).toHaveBeenCalledOnce();
    power.dispose();
    bus.emit('shutdown');
    expect(app.quit).toHaveBeenCalledOnce();
  });

  it.each([
    ['', undefined],
    ['7500', 7500],
    ['0', 0],
    ['65536', undefined],
    ['-1', undefined],
    ['abc', undefined],
  ])('read --port=%s as %s', (text, port) => {
    vi.mocked(app.commandLine.getSwitchValue).mockImplementation((name) => (name === 'port' ? text : ''));
    expect(readDesktopOptions()).toMatchObject({
      port,
      dataDir: expect.stringMatching(/userData.data$/) as string,
    });
  });
});

describe('a window that was closed', () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform');
  afterEach(() => platform && Object.defineProperty(process, 'platform', platform));

  it.each([
    ['linux', true, 1],
    ['win32', true, 0],
    ['win32', false, 1],
    ['darwin', false, 0],
  ])('never leaves an invisible app behind: on %s, with a tray: %s', (name, hasTray, quits) => {
    Object.defineProperty(process, 'platform', { ...platform, value: name });
    setupQuit(
      () => Promise.resolve(),
      () => hasTray,
      silentLogger,
    );
    appBus.emit('window-all-closed');
    expect(app.quit).toHaveBeenCalledTimes(quits);
  });
});

describe('what nobody caught', () => {
  /** Collects the listeners that `setup` would add to the process. */
  function captured(setup: () => void): (event: string, thrown: unknown) => void {
    const bus = new EventEmitter();
    const on = vi.spyOn(process, 'on').mockImplementation((event, listener) => {
      bus.on(String(event), listener as (thrown: unknown) => void);
      return process;
    });
    setup();
    on.mockRestore();
    return (event, thrown) => bus.emit(event, thrown);
  }

  function faults(logFile: string | null = '/logs/wirewatch.log') {
    const log = new CapturingLog();
    const made: ReturnType<typeof setupFaults>[] = [];
    const emit = captured(() => made.push(setupFaults(log, logFile)));
    const [own] = made;
    if (!own) throw new Error('nothing was set up');
    return { log, emit, ...own };
  }

  it('in start-up is told with the place of the log, and ends the app with 1', () => {
    const { log, emit } = faults();
    emit('unhandledRejection', new Error('no screen'));
    emit('uncaughtException', new Error('a second one'));
    expect(dialog.showErrorBox).toHaveBeenCalledExactlyOnceWith(
      'Wirewatch cannot start',
      'no screen\n\nThe log: /logs/wirewatch.log',
    );
    expect(app.exit).toHaveBeenCalledExactlyOnceWith(1);
    expect(log.stacks('START_FAILED')[0]).toMatch(/^Error: no screen\n\s+at /);
  });

  it('is no fault of ours where the hub says why it cannot start: no stack, but the same end', () => {
    const { log, cannotStart } = faults(null);
    cannotStart(new FaultError('DATA_DIR_UNWRITABLE', 'The folder cannot be written.'));
    expect(dialog.showErrorBox).toHaveBeenCalledWith(
      'Wirewatch cannot start',
      'The folder cannot be written.\n\nNo log could be written.',
    );
    expect(app.exit).toHaveBeenCalledWith(1);
    expect(log.errors).toMatchObject([{ fields: { code: 'DATA_DIR_UNWRITABLE' } }]);
  });

  it('later is logged with its stack, and the app goes on', () => {
    const { log, emit, started } = faults();
    started();
    emit('uncaughtException', new Error('odd'));
    emit('unhandledRejection', 'words');
    expect(log.stacks('UNCAUGHT')).toEqual([
      expect.stringMatching(/^Error: odd\n\s+at /),
      'Thrown, though not an Error: words',
    ]);
    expect(app.exit).not.toHaveBeenCalled();
    expect(dialog.showErrorBox).not.toHaveBeenCalled();
  });

  it('of Chromium’s processes is logged, unless one just ended', () => {
    const { log } = faults();
    appBus.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 139 });
    appBus.emit('child-process-gone', {}, { type: 'Utility', reason: 'clean-exit', exitCode: 0 });
    expect(log.errors).toMatchObject([
      { fields: { code: 'CHILD_PROCESS_GONE', type: 'GPU', exitCode: 139 } },
    ]);
  });
});
