import { app } from 'electron';
import { systemClock, type Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';

/**
 * Longer than the hub's own limit for closing handshakes; after more time the system would call the app unresponsive.
 */
const QUIT_WITHIN_MS = 3_000;

/** Delays quitting until `finish` is done, for at most three seconds. */
export function setupQuit(finish: () => Promise<void>, log: Logger, clock: Clock = systemClock): void {
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
      log.error('stopping failed', { error: String(error) });
    });
    void Promise.race([finished, tooLong]).then(() => {
      cancel();
      state = 'finished';
      app.quit();
    });
  });

  app.on('window-all-closed', () => {
    // Linux desktops may have no tray; on other systems the tray keeps the app reachable.
    if (process.platform === 'linux') app.quit();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit());
}
