import type { Unsubscribe } from '@shared/disposable';

/** After the pointer has not moved for this long, ms, it is hidden. */
const REST_AFTER_MS = 3_000;

/** Tracks whether the pointer is resting. */
export class PointerRest {
  resting = $state(false);

  watch(): Unsubscribe {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onMove = () => {
      this.resting = false;
      clearTimeout(timer);
      timer = setTimeout(() => (this.resting = true), REST_AFTER_MS);
    };
    onMove();
    const stop = new AbortController();
    for (const type of ['pointermove', 'pointerdown', 'keydown'] as const)
      window.addEventListener(type, onMove, { signal: stop.signal });
    return () => {
      clearTimeout(timer);
      stop.abort();
      this.resting = false;
    };
  }
}

/** Calls back when full screen ends, for example through the browser's own Escape. */
export function onFullScreenLeft(leave: () => void): Unsubscribe {
  let wasFull = document.fullscreenElement !== null;
  const onChange = () => {
    const isFull = document.fullscreenElement !== null;
    if (wasFull && !isFull) leave();
    wasFull = isFull;
  };
  document.addEventListener('fullscreenchange', onChange);
  return () => document.removeEventListener('fullscreenchange', onChange);
}
