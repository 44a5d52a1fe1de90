import { parentPort, workerData } from 'node:worker_threads';
import { isExpected, stackOf, toFault } from '@shared/errors';
import { Engine } from './engine';
import type { FromWorker, ToWorker, WorkerOptions } from '../store-contract/store-messages';

/** The worker's entry: owns the engine and passes requests on. */
if (!parentPort) throw new Error('store-worker runs in a worker thread.');
const port = parentPort;

function post(message: FromWorker, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

try {
  const engine = new Engine(workerData as WorkerOptions, post);
  port.on('message', (message: ToWorker) => {
    if (message.type === 'cancel') {
      engine.cancel(message.id);
      return;
    }
    const { id, name, params } = message;
    engine.handle(id, name, params).then(
      (result) => {
        post({ type: 'done', id, result });
        if (name === 'close') port.close();
      },
      (error: unknown) => post({ type: 'failed', id, fault: toFault(error) }),
    );
  });
  post({ type: 'opened', contents: engine.contents });
} catch (error) {
  if (!isExpected(error)) {
    const fields = { code: 'STORE_FAILED', stack: stackOf(error) };
    post({ type: 'log', level: 'error', message: 'The history could not be opened.', fields });
  }
  post({ type: 'refused', fault: toFault(error) });
}
