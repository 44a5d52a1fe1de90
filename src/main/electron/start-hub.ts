import { dialog } from 'electron';
import { FaultError, type Fault, type Result } from '@shared/errors';
import type { Logger } from '@shared/logger';

/**
 * Starts the hub. If its port is taken, the user can choose another one for this run; null means that they
 * chose to quit. Rejects with a `FaultError` when the hub cannot start at all.
 */
export async function startHub<T>(
  start: (port?: number) => Promise<Result<T>>,
  log: Logger,
): Promise<T | null> {
  let port: number | undefined;
  for (;;) {
    const started = await start(port);
    if (started.ok) return started.value;
    const { code, message: reason } = started.error;
    log.error('The hub did not start.', { code, reason });
    if (started.error.code !== 'PORT_IN_USE' || port === 0) {
      throw new FaultError(started.error.code, started.error.message);
    }
    const answer = await askAboutPort(started.error);
    if (answer === 'quit') return null;
    if (answer === 'another') port = 0;
  }
}

async function askAboutPort(fault: Fault): Promise<'another' | 'again' | 'quit'> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Wirewatch',
    message: 'The port for devices is already in use',
    detail:
      `${fault.message}\n\nWirewatch may already be running in a terminal on this computer, or another program ` +
      'may be using the port. If you use another port this time, devices that know the usual port will not ' +
      'find this app. You can change the port permanently in Settings.',
    buttons: ['Use another port', 'Try again', 'Quit'],
    defaultId: 0,
    cancelId: 2,
    noLink: true,
  });
  return response === 0 ? 'another' : response === 1 ? 'again' : 'quit';
}
