/** What all that changes many small things on a page may spend in one frame, ms; the browser needs several times as much to show it. */
const FRAME_MS = 4;
/** Nobody is kept waiting for good. */
const LEAST_MS = 1;

let frame: CSSNumberish | null = null;
let spentMs = 0;

/** How much of this frame there is for somebody who wants up to `wantedMs`: whoever came before has had his part. */
export function shareOfFrame(wantedMs: number): number {
  return Math.max(LEAST_MS, Math.min(wantedMs, FRAME_MS - spentInFrame()));
}

/** Says what was spent in this frame. */
export function spendOfFrame(ms: number): void {
  spentMs = spentInFrame() + ms;
}

function spentInFrame(): number {
  // The same for everything that one frame calls.
  const now = document.timeline.currentTime;
  if (now !== frame) {
    frame = now;
    spentMs = 0;
  }
  return spentMs;
}
