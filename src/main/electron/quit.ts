import { app } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import { logFault, type Logger } from '@shared/logger';

/**
 * Longer than the hub's own limit for closing handshakes, and short enough that the system does not call the
 * app unresponsive, ms.
 */
const QUIT_WITHIN_MS = 3_000;

/**
 * Delays quitting until `finish` is done, for at most three seconds. When the last window is closed, the app
 * keeps running only if the user can reopen the window from elsewhere.
 */
export function setupQuit(
  finish: () => Promise<void>,
  hasTray: () => boolean,
  log: Logger,
  clock: Clock = systemClock,
): void {
  let state: 'running' | 'finishing' | 'finished' = 'running';
  app.on('will-quit', (event) => {
    if (state === 'finished') return;
    event.preventDefault();
    if (state === 'finishing') return;
    state = 'finishing';
    let cancel = (): void => undefined;
    const tooLong = new Promise<void>((resolve) => {
      cancel = clock.after(QUIT_WITHIN_MS, () => {
        log.warn('stopping took too long; quitting now');
        resolve();
      });
    });
    const finished = finish().catch((error: unknown) => {
      logFault(log, 'STOP_FAILED', 'Not everything could be stopped.', error);
    });
    void Promise.race([finished, tooLong]).then(() => {
      cancel();
      state = 'finished';
      app.quit();
    });
  });

  app.on('window-all-closed', () => {
    // On Linux desktops a tray is unreliable; elsewhere the window can be reopened from it, or from the Dock.
    const leadsBack = process.platform === 'darwin' || (process.platform !== 'linux' && hasTray());
    if (!leadsBack) app.quit();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}
