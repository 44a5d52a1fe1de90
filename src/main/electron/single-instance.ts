import { app } from 'electron';
import type { MainWindow } from './window';

/**
 * Two hubs would compete for one port and one data folder, so a second instance quits at once and the first shows its
 * window (see {@link setupActivation}). Returns false in the second instance.
 */
export function setupSingleInstance(): boolean {
  if (app.requestSingleInstanceLock()) return true;
  app.quit();
  return false;
}

/**
 * Shows the window when Wirewatch is started again or clicked in the macOS dock. Call it once the UI can be served.
 */
export function setupActivation(window: Pick<MainWindow, 'show'>): void {
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
}
