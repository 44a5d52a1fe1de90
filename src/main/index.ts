import { join } from 'node:path';
import { app } from 'electron';
import { DisposableStore } from '@shared/disposable';
import { setupAbout } from './electron/about';
import { createAppExport } from './electron/app-export';
import { setupAppProtocol, setupAppScheme } from './electron/app-protocol';
import { setupIdentity } from './electron/identity';
import { setupIpc } from './electron/ipc';
import { readDesktopOptions } from './electron/desktop-options';
import { createDesktopLogger } from './electron/log';
import { setupMenu } from './electron/menu';
import { setupNotifications } from './electron/notifications';
import { setupPower } from './electron/power';
import { setupQuit } from './electron/quit';
import { setupSecurity, setupSession } from './electron/security';
import { setupActivation, setupSingleInstance } from './electron/single-instance';
import { startHub } from './electron/start-hub';
import { setupTheme } from './electron/theme';
import { setupTray } from './electron/tray';
import { setupWindow } from './electron/window';
import { installPaths } from './install-paths';
import { startWirewatch } from './runtime';

const log = createDesktopLogger(join(app.getPath('logs'), 'wirewatch.log'));
const window = setupWindow({ stateFile: join(app.getPath('userData'), 'window.json'), log });

if (setupSingleInstance()) {
  setupIdentity();
  setupAppScheme();
  setupSecurity(log);
  // Not awaited at the top level, because the app becomes ready only after this module has finished.
  void app.whenReady().then(run);
}

async function run(): Promise<void> {
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
  setupAppProtocol(installPaths().renderer, createAppExport(hub));
  setupAbout();
  setupMenu(window);
  owned.add(setupTheme(hub));
  owned.add(setupIpc(hub, log));
  owned.add(setupTray(hub, window, log));
  owned.add(setupNotifications(hub, window));
  owned.add(setupPower(log));
  setupQuit(async () => {
    owned.dispose();
    window.flush();
    await wirewatch.dispose();
  }, log);
  setupActivation(window);
  window.show();
}
