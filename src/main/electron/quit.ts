import { app } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import { logFault, type Logger } from '@shared/logger';

/**
 * Longer than the hub's own limit for closing handshakes; after more time the system would call the app unresponsive.
 */
const QUIT_WITHIN_MS = 3_000;

/**
 * Holds a quit back until `finish` is done, three seconds at most, and then lets it happen. When the last window is
 * closed, the app goes on only where something else leads back to it.
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
    // A tray is not to be relied on with Linux desktops; elsewhere it keeps watching and leads back, as the Dock does.
    const leadsBack = process.platform === 'darwin' || (process.platform !== 'linux' && hasTray());
    if (!leadsBack) app.quit();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}
