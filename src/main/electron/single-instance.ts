import { app } from 'electron';
import type { MainWindow } from './window';

/**
 * Two hubs would fight for one port and one data folder, so a second start ends at once; the first then shows
 * its window, see {@link setupActivation}. False means that this is the second.
 */
export function setupSingleInstance(): boolean {
  if (app.requestSingleInstanceLock()) return true;
  app.quit();
  return false;
}

/** Starting Wirewatch again, or clicking it in the macOS dock, shows the window. Once the UI can be served. */
export function setupActivation(window: Pick<MainWindow, 'show'>): void {
  app.on('second-instance', () => window.show());
  app.on('activate', () => window.show());
}
