import type { Unsubscribe } from '@shared/disposable';

/**
 * The shared time budget of one frame for many small page changes, ms; rendering them takes the browser several times
 * as long.
 */
const FRAME_MS = 2;
/** The least time that each caller gets, ms, so that no caller waits forever. */
const LEAST_MS = 0.3;
/**
 * The user counts as busy for this long after the last input event, ms; it covers the pause between two wheel turns or
 * key presses.
 */
const UNDER_WAY_MS = 400;
const INPUTS = ['wheel', 'scroll', 'keydown', 'pointerdown'] as const;

let frame: CSSNumberish | null = null;
let spentMs = 0;
let hadInput = false;
let inputAt = -Infinity;
/** Whether this frame is reserved for the effect of the user's last input. */
let isLeftToInput = false;
let watchers = 0;

/**
 * Returns how much of `wantedMs` the caller may spend in this frame, after earlier callers; 0 if the frame must show
 * the effect of an input. The caller then asks for the next frame. See {@link watchInput}.
 */
export function shareOfFrame(wantedMs: number): number {
  begin();
  return isLeftToInput ? 0 : Math.max(LEAST_MS, Math.min(wantedMs, FRAME_MS - spentMs));
}

/** Records the time spent in this frame. */
export function spendOfFrame(ms: number): void {
  begin();
  spentMs += ms;
}

/**
 * Reserves each frame that answers an input and lets other work continue in the next one. A user then waits for one
 * long frame at most: the one already running.
 */
export function watchInput(): Unsubscribe {
  if (watchers++ === 0) for (const type of INPUTS) addEventListener(type, onInput, OPTIONS);
  return () => {
    if (--watchers === 0) for (const type of INPUTS) removeEventListener(type, onInput, OPTIONS);
  };
}

const OPTIONS = { capture: true, passive: true } as const;

function onInput(): void {
  hadInput = true;
  inputAt = performance.now();
}

/**
 * Whether the user is scrolling or typing. Work that can wait should then wait, because each change on the page delays
 * the response.
 */
export function isInputUnderWay(): boolean {
  return performance.now() - inputAt < UNDER_WAY_MS;
}

function begin(): void {
  // All calls within one frame return the same value.
  const now = document.timeline.currentTime;
  if (now === frame) return;
  frame = now;
  spentMs = 0;
  isLeftToInput = hadInput && !isLeftToInput;
  hadInput = false;
}
