import type { Unsubscribe } from '@shared/disposable';

/**
 * Runs `callback` after the browser has painted the current changes, so that a key press shows its effect before the
 * work it causes. Returns a function that cancels it.
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
