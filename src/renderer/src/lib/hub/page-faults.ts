import { PAGE_FAULT_OP } from '@shared/bridge/ipc-channels';
import type { Unsubscribe } from '@shared/disposable';
import { stackOf } from '@shared/errors';

/**
 * Reports uncaught errors of this page; the desktop app writes them to its log, which users can send us. The browser
 * also writes them to its console.
 */
export function reportPageFaults(target: Window): Unsubscribe {
  const report = (thrown: unknown): void =>
    target.wirewatch?.send({ op: PAGE_FAULT_OP, stack: stackOf(thrown) });
  // Without an error there is only a message: from a cross-origin script, or a late ResizeObserver.
  const onError = ({ error, message }: ErrorEvent): void => report(error ?? message);
  const onRejection = ({ reason }: PromiseRejectionEvent): void => report(reason);
  target.addEventListener('error', onError);
  target.addEventListener('unhandledrejection', onRejection);
  return () => {
    target.removeEventListener('error', onError);
    target.removeEventListener('unhandledrejection', onRejection);
  };
}
