import type { Server } from 'node:net';
import { fail, succeed, type Result } from '@shared/errors';

/** The listen backlog: also how many connections are accepted in one turn of the event loop. */
const BACKLOG = 256;

/** Starts listening; the usual failures get a clear message. */
export function listen(server: Server, host: string, port: number): Promise<Result<null>> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.removeListener('listening', onListening);
      resolve(describe(error, host, port));
    };
    const onListening = (): void => {
      server.removeListener('error', onError);
      server.on('error', () => {});
      resolve(succeed(null));
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ host, port, backlog: BACKLOG });
  });
}

function describe(error: NodeJS.ErrnoException, host: string, port: number): Result<null> {
  switch (error.code) {
    case 'EADDRINUSE':
      return fail(
        'PORT_IN_USE',
        `Port ${port} is in use by another program. Choose another port with --port.`,
      );
    case 'EACCES':
      return fail('PORT_NOT_ALLOWED', `This user may not listen on port ${port}. Choose a port above 1023.`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return fail('ADDRESS_NOT_AVAILABLE', `${host} is not an address of this machine.`);
    default:
      return fail('LISTEN_FAILED', `The hub cannot listen on ${host} port ${port}: ${error.message}.`);
  }
}
