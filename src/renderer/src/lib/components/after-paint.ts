import type { Unsubscribe } from '@shared/disposable';

/**
 * Runs `callback` when the browser has painted what changed until now, so that a key press is seen before the
 * work that it causes. Returns what calls it off.
 */
export function afterPaint(callback: () => void): Unsubscribe {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const frame = requestAnimationFrame(() => {
    timer = setTimeout(callback);
  });
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
