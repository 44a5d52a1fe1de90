import type { Unsubscribe } from '@shared/disposable';

/** What all that changes many small things on a page may spend in one frame, ms; the browser needs several times as much to show it. */
const FRAME_MS = 2;
/** Nobody is kept waiting for good. */
const LEAST_MS = 0.3;
/** From one turn of a wheel or key to the next, as long as somebody goes on with it, or from the one to the other. */
const UNDER_WAY_MS = 400;
const INPUTS = ['wheel', 'scroll', 'keydown', 'pointerdown'] as const;

let frame: CSSNumberish | null = null;
let spentMs = 0;
let hadInput = false;
let inputAt = -Infinity;
/** Whether this frame is left to what the user has just done. */
let isLeftToInput = false;
let watchers = 0;

/**
 * How much of this frame there is for somebody who wants up to `wantedMs`: whoever came before has had his part. Nothing,
 * and the next frame is to be asked for, where a user waits for this one: see {@link watchInput}.
 */
export function shareOfFrame(wantedMs: number): number {
  begin();
  return isLeftToInput ? 0 : Math.max(LEAST_MS, Math.min(wantedMs, FRAME_MS - spentMs));
}

/** Says what was spent in this frame. */
export function spendOfFrame(ms: number): void {
  begin();
  spentMs += ms;
}

/**
 * A frame that answers an input is shown as it is, and work goes on in the one after it, whatever comes then: who turns
 * a wheel waits for one long frame at most, the one that was under way, and not for his own as well.
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

/** Whether the user is at it: what can wait a moment should, because each change on the page holds up the next turn. */
export function isInputUnderWay(): boolean {
  return performance.now() - inputAt < UNDER_WAY_MS;
}

function begin(): void {
  // The same for everything that one frame calls.
  const now = document.timeline.currentTime;
  if (now === frame) return;
  frame = now;
  spentMs = 0;
  isLeftToInput = hadInput && !isLeftToInput;
  hadInput = false;
}
