import type { Unsubscribe } from '@shared/disposable';
import { isInputUnderWay, shareOfFrame, spendOfFrame } from '../../components/frame-budget';
import type { Live } from '../../hub/live.svelte';

/** Something small that follows live data: a number, a sparkline. A fleet shows hundreds of them. */
export interface CalmPainter {
  /** Whether what is on screen is out of date. Cheap, and without effects. */
  isDue(): boolean;
  /** Whether it is nothing yet, or of something else. */
  isWrong(): boolean;
  paint(): void;
}

/** What one frame may take, ms; what does not fit waits for the next. */
const BUDGET_MS = 4;
/** Faster than this nobody reads. */
const EVERY_MS = 250;
/** While the user scrolls or types, what is there already may be this old. */
const PATIENT_MS = 1_000;

const loops = new WeakMap<Live, CalmLoop>();

/**
 * Paints what shows the samples of one feed: together and a few times a second, because each frame in which
 * anything changes costs the browser far more than the change itself. Sleeps in between.
 */
class CalmLoop {
  readonly #live: Live;
  /** Words come before pictures. */
  readonly #painters = { text: new Set<CalmPainter>(), picture: new Set<CalmPainter>() };
  #stopFrames: Unsubscribe | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #budgetMs = BUDGET_MS;
  #ranAt = -Infinity;
  /** When everything was up to date. */
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

  /** Something has to be painted soon, not only with the next data. */
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
    // Pictures move on with time, also where no data comes.
    if (finished) this.#wakeIn(EVERY_MS);
    else this.wake();
  }

  /** False where the time did not suffice. Who was painted goes to the end, so that nobody always comes last. */
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

/** The loop that all who show samples of `live` share. */
export function calmLoop(live: Live): CalmLoop {
  let loop = loops.get(live);
  if (!loop) loops.set(live, (loop = new CalmLoop(live)));
  return loop;
}
