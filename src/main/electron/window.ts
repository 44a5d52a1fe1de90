import { app, BrowserWindow, nativeTheme, screen } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import { logFault, type Logger } from '@shared/logger';
import { preloadFile, resourceFile } from './app-files';
import { uiUrl } from './app-origin';
import { fitBounds, MIN_SIZE } from './window-bounds';
import { setupWindowRecovery } from './window-recovery';
import { createWindowStateFile } from './window-state-file';

/**
 * A page that is not ready after this time is shown anyway, because without a window the app would seem not to start.
 */
const SHOW_WITHIN_MS = 5_000;

/** The page's background colours (`--bg` of the two themes), painted before the page has loaded. */
const BACKGROUND = { dark: '#0b0d10', light: '#f8f9fa' } as const;

function background(): string {
  return nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light;
}

export interface MainWindow {
  /** Shows the window, recreating it if it was closed; `route` is a hash such as `#/settings`. */
  show(route?: string): void;
  /** Writes pending changes of the window state. */
  flush(): void;
}

export interface WindowOptions {
  stateFile: string;
  log: Logger;
  clock?: Clock;
}

/** The only window. It may be closed and shown again as long as the app runs. */
export function setupWindow({ stateFile, log, clock = systemClock }: WindowOptions): MainWindow {
  const state = createWindowStateFile(stateFile, log, clock);
  let window: BrowserWindow | null = null;

  function open(route: string): BrowserWindow {
    const remembered = state.load();
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter((display) => display.id !== primary.id);
    const workAreas = [primary, ...others].map((display) => display.workArea);
    const created = new BrowserWindow({
      ...fitBounds(remembered?.bounds ?? null, workAreas),
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      title: 'Wirewatch',
      show: false,
      backgroundColor: background(),
      ...(process.platform === 'linux' ? { icon: resourceFile('icon.png') } : {}),
      webPreferences: {
        preload: preloadFile(),
        contextIsolation: true,
        sandbox: true,
        nodeIntegration: false,
        nodeIntegrationInWorker: false,
        nodeIntegrationInSubFrames: false,
        webSecurity: true,
        allowRunningInsecureContent: false,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    });
    const remember = (): void => {
      if (created.isDestroyed() || created.isMinimized()) return;
      state.save({ bounds: created.getNormalBounds(), maximized: created.isMaximized() });
    };
    created.on('resize', remember);
    created.on('move', remember);
    created.on('maximize', remember);
    created.on('unmaximize', remember);
    created.on('close', () => {
      remember();
      state.flush();
    });
    // When a Windows session ends, Windows neither asks apps to quit nor waits for them.
    created.on('session-end', () => {
      state.flush();
      app.quit();
    });
    let isShown = false;
    const show = (): void => {
      if (isShown || created.isDestroyed()) return;
      isShown = true;
      // Maximising shows a window too, so it has to wait until there is something to see.
      if (remembered?.maximized) created.maximize();
      created.show();
    };
    const stopWaiting = clock.after(SHOW_WITHIN_MS, show);
    created.on('closed', () => {
      stopWaiting();
      if (window === created) window = null;
    });
    created.once('ready-to-show', show);
    setupWindowRecovery(created, log, clock);
    load(created, route);
    return created;
  }

  function load(target: BrowserWindow, route: string): void {
    target.loadURL(uiUrl(route)).catch((error: unknown) => {
      logFault(log, 'PAGE_UNLOADED', 'The window could not load its page.', error);
    });
  }

  // The background shows while the window is resized or its page is loaded again.
  nativeTheme.on('updated', () => window?.setBackgroundColor(background()));

  return {
    show(route = '') {
      if (!window) {
        window = open(route);
        return;
      }
      // Only the hash differs from the current page, so this does not reload it.
      if (route !== '') load(window, route);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    flush: () => state.flush(),
  };
}
