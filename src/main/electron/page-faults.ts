import { systemClock, type Clock } from '@shared/clock';
import type { Logger } from '@shared/logger';
import { LimitedLog } from './limited-log';

/** UTF-16 units of one report; the rest is cut off. */
const MAX_LENGTH = 16_384;

/** Takes the stack of an error that the UI's page did not catch. Anything else than text is dropped. */
export type PageFaults = (stack: unknown) => void;

/** Writes errors that the UI's page did not catch to the log; too many of them are only counted. */
export function createPageFaults(log: Logger, clock: Pick<Clock, 'monotonic'> = systemClock): PageFaults {
  const limited = new LimitedLog(log, clock);
  return (stack) => {
    if (typeof stack !== 'string') return;
    limited.error('Something failed in the page and nobody caught it.', {
      code: 'PAGE_FAILED',
      stack: stack.slice(0, MAX_LENGTH),
    });
  };
}
