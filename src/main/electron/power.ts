import { app, powerMonitor } from 'electron';
import type { Disposable } from '@shared/disposable';
import type { Logger } from '@shared/logger';

/**
 * Logs sleep, which explains gaps. On a shutdown of the machine it stops the hub properly, so that agents are told.
 */
export function setupPower(log: Logger): Disposable {
  const onSuspend = (): void => log.info('the computer is going to sleep');
  const onResume = (): void => log.info('the computer woke up');
  const onShutdown = (event?: { preventDefault?: () => void }): void => {
    // Asks the system to wait; the app then quits at once, within a bounded time.
    event?.preventDefault?.();
    app.quit();
  };
  powerMonitor.on('suspend', onSuspend);
  powerMonitor.on('resume', onResume);
  powerMonitor.on('shutdown', onShutdown);
  return {
    dispose() {
      powerMonitor.off('suspend', onSuspend);
      powerMonitor.off('resume', onResume);
      powerMonitor.off('shutdown', onShutdown);
    },
  };
}
