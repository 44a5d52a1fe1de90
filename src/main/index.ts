import { join } from 'node:path';
import { app } from 'electron';
import { DisposableStore, endAll } from '@shared/disposable';
import { setupAbout } from './electron/about';
import { createAppExport } from './electron/app-export';
import { setupAppProtocol, setupAppScheme } from './electron/app-protocol';
import { setupIdentity } from './electron/identity';
import { setupIpc } from './electron/ipc';
import { readDesktopOptions } from './electron/desktop-options';
import { setupDownloads } from './electron/downloads';
import { setupFaults } from './electron/faults';
import { openDesktopLog } from './electron/log';
import { setupMenu } from './electron/menu';
import { setupNotifications } from './electron/notifications';
import { createPageFaults } from './electron/page-faults';
import { setupPower } from './electron/power';
import { setupQuit } from './electron/quit';
import { setupSecurity, setupSession } from './electron/security';
import { setupActivation, setupSingleInstance } from './electron/single-instance';
import { startHub } from './electron/start-hub';
import { setupTheme } from './electron/theme';
import { setupTray } from './electron/tray';
import { setupWindow, type MainWindow } from './electron/window';
import { installPaths } from './install-paths';
import { startWirewatch } from './runtime';

const { log, file: logFile } = openDesktopLog(() => join(app.getPath('logs'), 'wirewatch.log'));
const faults = setupFaults(log, logFile);

try {
  if (setupSingleInstance()) {
    setupIdentity();
    setupAppScheme();
    setupSecurity(log);
    const window = setupWindow({ stateFile: join(app.getPath('userData'), 'window.json'), log });
    // Not awaited at the top level: the app is not ready before this module has run to its end.
    app
      .whenReady()
      .then(() => run(window))
      .catch((error: unknown) => faults.cannotStart(error));
  }
} catch (error) {
  faults.cannotStart(error);
}

async function run(window: MainWindow): Promise<void> {
  const options = readDesktopOptions();
  const wirewatch = await startHub(
    (port = options.port) =>
      startWirewatch({
        dataDir: options.dataDir,
        runtime: `electron ${process.versions.electron}`,
        port,
        log,
      }),
    log,
  );
  if (!wirewatch) {
    app.quit();
    return;
  }
  const { hub } = wirewatch;
  const owned = new DisposableStore();
  setupSession(log);
  setupDownloads(log);
  setupAppProtocol(installPaths().renderer, createAppExport(hub));
  setupAbout();
  setupMenu(window);
  owned.add(setupTheme(hub));
  owned.add(setupIpc(hub, { log, onPageFault: createPageFaults(log) }));
  const tray = owned.add(setupTray(hub, window, log));
  owned.add(setupNotifications(hub, window));
  owned.add(setupPower(log));
  setupQuit(
    () => endAll([() => owned.dispose(), () => window.flush(), () => wirewatch.dispose()]),
    () => tray.isThere,
    log,
  );
  setupActivation(window);
  window.show();
  faults.started();
}
