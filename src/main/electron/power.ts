import { app, powerMonitor } from 'electron';
import type { Disposable } from '@shared/disposable';
import type { Logger } from '@shared/logger';

/** Sleep explains gaps in the log; a shutdown of the machine ends the hub properly, so that agents are told. */
export function setupPower(log: Logger): Disposable {
  const onSuspend = (): void => log.info('the computer goes to sleep');
  const onResume = (): void => log.info('the computer woke up');
  const onShutdown = (event?: { preventDefault?: () => void }): void => {
    // Asks the system to wait; quitting follows at once and is bounded.
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
