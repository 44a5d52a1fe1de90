import { app } from 'electron';

/** Must equal `appId` in electron-builder.yml: Windows shows notifications only from apps it can identify. */
const APP_ID = 'app.wirewatch.desktop';

/** Identifies this app to the desktop: taskbar groups, window icons, the sender of notifications. */
export function setupIdentity(): void {
  if (process.platform === 'win32') app.setAppUserModelId(APP_ID);
  if (process.platform === 'linux') app.setDesktopName('wirewatch.desktop');
}
