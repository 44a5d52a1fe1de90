import type { Unsubscribe } from '@shared/disposable';
import { isInputUnderWay, shareOfFrame, spendOfFrame } from '../../components/frame-budget';
import type { Live } from '../../hub/live.svelte';

/** A small element that follows live data: a number or a sparkline. A fleet shows hundreds of them. */
export interface CalmPainter {
  /** Whether the content on screen is out of date. Cheap, and without effects. */
  isDue(): boolean;
  /** Whether it shows nothing yet, or shows another item's data. */
  isWrong(): boolean;
  paint(): void;
}

/** The time budget of one frame, ms; the rest waits for the next frame. */
const BUDGET_MS = 4;
/** People cannot read faster updates than this, ms. */
const EVERY_MS = 250;
/** While the user scrolls or types, existing content may be this old, ms. */
const PATIENT_MS = 1_000;

const loops = new WeakMap<Live, CalmLoop>();

/**
 * Paints the elements that show samples of one feed, together and a few times a second, because each frame with a
 * change costs the browser far more than the change itself. Sleeps in between.
 */
class CalmLoop {
  readonly #live: Live;
  /** Text is painted before pictures. */
  readonly #painters = { text: new Set<CalmPainter>(), picture: new Set<CalmPainter>() };
  #stopFrames: Unsubscribe | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #budgetMs = BUDGET_MS;
  #ranAt = -Infinity;
  /** The time when everything was last up to date. */
  #allAt = -Infinity;

  constructor(live: Live) {
    this.#live = live;
  }

  add(kind: 'text' | 'picture', painter: CalmPainter): Unsubscribe {
    this.#painters[kind].add(painter);
    this.#stopFrames ??= this.#live.onFrame(() => this.#wakeIn(this.#ranAt + EVERY_MS - performance.now()));
    this.wake();
    return () => {
      this.#painters[kind].delete(painter);
      if (this.#painters.text.size + this.#painters.picture.size === 0) this.#sleep();
    };
  }

  /** Requests a paint soon, without waiting for the next data. */
  wake(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#run());
  }

  #wakeIn(waitMs: number): void {
    if (this.#frame !== 0) return;
    clearTimeout(this.#timer);
    if (waitMs <= 0) this.wake();
    else this.#timer = setTimeout(() => this.wake(), waitMs);
  }

  #run(): void {
    this.#frame = 0;
    this.#ranAt = performance.now();
    this.#budgetMs = shareOfFrame(BUDGET_MS);
    if (this.#budgetMs === 0) {
      this.wake();
      return;
    }
    const onlyWrong = isInputUnderWay() && this.#ranAt - this.#allAt < PATIENT_MS;
    const finished =
      this.#paint(this.#painters.text, onlyWrong) && this.#paint(this.#painters.picture, onlyWrong);
    if (finished && !onlyWrong) this.#allAt = this.#ranAt;
    spendOfFrame(performance.now() - this.#ranAt);
    // Pictures move with time even if no data arrives.
    if (finished) this.#wakeIn(EVERY_MS);
    else this.wake();
  }

  /** Returns false if time ran out. Painted elements move to the end, so that each gets its turn. */
  #paint(painters: Set<CalmPainter>, onlyWrong: boolean): boolean {
    for (const painter of [...painters]) {
      if (!painter.isDue() || (onlyWrong && !painter.isWrong())) continue;
      if (performance.now() - this.#ranAt > this.#budgetMs) return false;
      painter.paint();
      painters.delete(painter);
      painters.add(painter);
    }
    return true;
  }

  #sleep(): void {
    this.#stopFrames?.();
    this.#stopFrames = null;
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }
}

/** Returns the loop shared by everything that shows samples of `live`. */
export function calmLoop(live: Live): CalmLoop {
  let loop = loops.get(live);
  if (!loop) loops.set(live, (loop = new CalmLoop(live)));
  return loop;
}
