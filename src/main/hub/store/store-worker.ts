import { parentPort, workerData } from 'node:worker_threads';
import { toFault } from '@shared/errors';
import { Opening } from './opening';
import type { FromWorker, ToWorker, WorkerOptions } from '../store-contract/store-messages';

/** The worker's entry: passes requests on to whatever serves the folder. */
if (!parentPort) throw new Error('store-worker runs in a worker thread.');
const port = parentPort;

function post(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

const opening = new Opening(workerData as WorkerOptions, post);
port.on('message', (message: ToWorker) => {
  if (message.type === 'cancel') {
    opening.cancel(message.id);
    return;
  }
  const { id, name, params } = message;
  opening.handle(id, name, params).then(
    (result) => {
      post({ type: 'done', id, result });
      if (name === 'close') port.close();
    },
    (error: unknown) => post({ type: 'failed', id, fault: toFault(error) }),
  );
});
