import { PAGE_FAULT_OP } from '@shared/bridge/ipc-channels';
import type { Unsubscribe } from '@shared/disposable';
import { stackOf } from '@shared/errors';

/**
 * Hands on what nobody caught in this page: in the desktop app to its log, which a person can send us. The browser writes
 * it to its console either way.
 */
export function reportPageFaults(target: Window): Unsubscribe {
  const report = (thrown: unknown): void =>
    target.wirewatch?.send({ op: PAGE_FAULT_OP, stack: stackOf(thrown) });
  // Without an error there is a message only: a script of elsewhere, or a ResizeObserver that was late.
  const onError = ({ error, message }: ErrorEvent): void => report(error ?? message);
  const onRejection = ({ reason }: PromiseRejectionEvent): void => report(reason);
  target.addEventListener('error', onError);
  target.addEventListener('unhandledrejection', onRejection);
  return () => {
    target.removeEventListener('error', onError);
    target.removeEventListener('unhandledrejection', onRejection);
  };
}
