import { app, Menu, nativeImage, Tray } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import { DisposableStore, type Disposable, type Unsubscribe } from '@shared/disposable';
import { logFault, type Logger } from '@shared/logger';
import type { Hub } from '../hub/hub-contract';
import { resourceFile } from './app-files';
import { createFleetSummary } from './tray-summary';
import type { MainWindow } from './window';

/** Rebuilding a native menu is slow on Linux, and a device that flaps must not make it flicker. */
const REBUILD_EVERY_MS = 1_000;

export interface AppTray extends Disposable {
  /** False on a desktop without a tray. */
  readonly isThere: boolean;
}

/** The tray icon: shows how many devices report, opens the window and quits the app. */
export function setupTray(
  hub: Pick<Hub, 'onDevices'>,
  window: Pick<MainWindow, 'show'>,
  log: Logger,
  clock: Clock = systemClock,
): AppTray {
  const owned = new DisposableStore();
  let tray: Tray;
  try {
    // macOS recolours the icon for its menu bar if the file's name ends in "Template".
    const name = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
    tray = new Tray(nativeImage.createFromPath(resourceFile(name)));
  } catch (error) {
    logFault(log, 'NO_TRAY', 'This desktop has no tray.', error);
    return { isThere: false, dispose: () => owned.dispose() };
  }
  owned.add(() => tray.destroy());

  const summary = createFleetSummary();
  let scheduled: Unsubscribe | null = null;
  const rebuild = (): void => {
    scheduled = null;
    tray.setToolTip(`Wirewatch: ${summary.text}`);
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: summary.text, enabled: false },
        { type: 'separator' },
        { label: 'Open Wirewatch', click: () => window.show() },
        { type: 'separator' },
        { label: 'Quit', click: () => app.quit() },
      ]),
    );
  };
  rebuild();
  tray.on('click', () => window.show());
  owned.add(
    hub.onDevices((message) => {
      if (summary.apply(message, clock.now())) scheduled ??= clock.after(REBUILD_EVERY_MS, rebuild);
    }),
  );
  owned.add(() => scheduled?.());
  return { isThere: true, dispose: () => owned.dispose() };
}
