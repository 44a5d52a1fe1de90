import { app } from 'electron';

/** The same as `appId` in electron-builder.yml: Windows shows notifications only of an app it can name. */
const APP_ID = 'app.wirewatch.desktop';

/** How the desktop tells this app from others: taskbar groups, window icons, the sender of notifications. */
export function setupIdentity(): void {
  if (process.platform === 'win32') app.setAppUserModelId(APP_ID);
  if (process.platform === 'linux') app.setDesktopName('wirewatch.desktop');
}
