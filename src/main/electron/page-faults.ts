import { ipcMain, type IpcMainEvent } from 'electron';
import { PAGE_FAULT_CHANNEL } from '@shared/bridge/ipc-channels';
import { systemClock, type Clock } from '@shared/clock';
import type { Disposable } from '@shared/disposable';
import type { Logger } from '@shared/logger';
import { TokenBucket } from '../hub/bounds/token-bucket';
import { isTrusted } from './ipc';

/** UTF-16 units of one report; the rest is cut off. */
const MAX_LENGTH = 16_384;
/** A page that fails at every frame must not fill the disk; the first reports are the ones that matter. */
const PER_SEC = 0.2;
const BURST = 20;

/** Writes what nobody caught in the UI's page to the log. Reports of other pages are dropped, and so are too many. */
export function setupPageFaults(log: Logger, clock: Pick<Clock, 'monotonic'> = systemClock): Disposable {
  const allowance = new TokenBucket(PER_SEC, BURST, clock.monotonic());

  function onFault(event: IpcMainEvent, stack: unknown): void {
    const frame = event.senderFrame;
    if (typeof stack !== 'string' || frame === null || !isTrusted(event, frame)) return;
    if (!allowance.take(1, clock.monotonic())) return;
    log.error('Something failed in the page and nobody caught it.', {
      code: 'PAGE_FAILED',
      stack: stack.slice(0, MAX_LENGTH),
    });
  }

  ipcMain.on(PAGE_FAULT_CHANNEL, onFault);
  return { dispose: () => void ipcMain.off(PAGE_FAULT_CHANNEL, onFault) };
}
