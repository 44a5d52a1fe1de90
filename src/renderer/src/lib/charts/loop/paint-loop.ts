import type { Unsubscribe } from '@shared/disposable';

/** A picture that is painted from the shared loop. Both times are of `performance.now()`. */
export interface Painter {
  /**
   * Whether the picture on screen is out of date. Called every frame while it is visible: cheap, and without effects.
   */
  isDue(now: number): boolean;
  paint(now: number): void;
}

/** The time budget of one frame, ms; pictures that do not fit wait for the next. */
const BUDGET_MS = 9;

const painters = new Map<Element, Painter>();
const visible = new Set<Element>();
let frame = 0;
let observer: IntersectionObserver | null = null;
/** The position where the last frame ran out of time, so that the same pictures are not always last. */
let turn = 0;

function run(now: number): void {
  frame = 0;
  const elements = [...visible];
  const started = performance.now();
  for (let i = 0; i < elements.length; i++) {
    const element = elements[(turn + i) % elements.length];
    const painter = element && painters.get(element);
    if (!painter?.isDue(now)) continue;
    painter.paint(now);
    if (performance.now() - started > BUDGET_MS) {
      turn = (turn + i + 1) % elements.length;
      break;
    }
  }
  schedule();
}

function schedule(): void {
  if (frame === 0 && visible.size > 0) frame = requestAnimationFrame(run);
}

function onIntersection(entries: IntersectionObserverEntry[]): void {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting && painters.has(target)) visible.add(target);
    else visible.delete(target);
  }
  schedule();
}

/**
 * Paints `painter` from one loop shared by all pictures, whenever its `element` is on screen and it is due. The loop
 * sleeps while no picture is on screen; browsers stop it while the page is hidden.
 */
export function paintWhileVisible(element: Element, painter: Painter): Unsubscribe {
  observer ??= new IntersectionObserver(onIntersection, { rootMargin: '64px' });
  painters.set(element, painter);
  observer.observe(element);
  return () => {
    painters.delete(element);
    visible.delete(element);
    observer?.unobserve(element);
    if (visible.size === 0 && frame !== 0) {
      cancelAnimationFrame(frame);
      frame = 0;
    }
  };
}
