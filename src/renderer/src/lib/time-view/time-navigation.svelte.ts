import { tickingNow } from '../components';
import type { KeyBinding } from '../components/keys';
import { LIVE_REACH_MS, offeredRanges, stepRange, type Past, type RangeName } from '../time/ranges';
import { isFollowing, moveView, spanOf, type TimeSpan, type TimeView } from '../time/time-view';
import { hubNow } from '../time/hub-time';

/** `all` grows with the clock, in steps, so that the charts can continue. */
const GROW_EVERY_MS = 30_000;

export interface TimeNavigationOptions {
  /** The time in the address; null is the usual one. */
  asked: () => TimeView | null;
  /** The range that the page usually shows. */
  usual: () => RangeName;
  past: () => Past;
  /** Shows another time; with `goesOn`, no history entry is added. */
  go: (view: TimeView, goesOn: boolean) => void;
}

/** The time that a page of several devices shows, and the steps to other times. */
export class TimeNavigation {
  readonly #options: TimeNavigationOptions;
  readonly view: TimeView = $derived.by(() => this.#options.asked() ?? { range: this.#usable(), to: null });
  readonly following = $derived(isFollowing(this.view));
  readonly #coarseNow = $derived(Math.floor(tickingNow() / GROW_EVERY_MS) * GROW_EVERY_MS);
  /** The time that is drawn: its length, its end (null follows the clock) and its start. */
  readonly shown = $derived.by(() => {
    const { view } = this;
    const { kept, extent } = this.#options.past();
    // Only `all` depends on the current time.
    const { from, to } = spanOf(view, extent, view.range === 'all' ? this.#coarseNow : 0);
    const rangeMs = to - from;
    if (!this.following) return { rangeMs, to, isHistory: true };
    return { rangeMs, to: null, isHistory: kept && rangeMs > LIVE_REACH_MS };
  });

  constructor(options: TimeNavigationOptions) {
    this.#options = options;
  }

  go(next: TimeView): void {
    const goesOn = !this.following && !isFollowing(next) && next.range === this.view.range;
    this.#options.go(next, goesOn);
  }

  show(span: TimeSpan): void {
    this.go({ range: 'custom', ...span });
  }

  goLive(): void {
    const { range } = this.view;
    this.go({ range: range === 'custom' ? this.#usable() : range, to: null });
  }

  keys(group: string): KeyBinding[] {
    return [
      { keys: '[', label: 'Shorter range', group, run: () => this.#step(-1) },
      { keys: ']', label: 'Longer range', group, run: () => this.#step(1) },
      { keys: 'Shift ArrowLeft', label: 'Earlier', group, run: () => this.#move(-1) },
      { keys: 'Shift ArrowRight', label: 'Later', group, run: () => this.#move(1) },
      { keys: 'L', label: 'Return to live', group, run: () => this.goLive() },
    ];
  }

  /**
   * Returns a range that this hub can show: one without history cannot show a range that was chosen with another hub.
   */
  #usable(): RangeName {
    const usual = this.#options.usual();
    const past = this.#options.past();
    const offered = offeredRanges(past, hubNow());
    return offered.some(({ name, disabled }) => name === usual && (!disabled || past.kept)) ? usual : '15m';
  }

  #step(by: -1 | 1): void {
    const { range } = this.view;
    const from = range === 'custom' ? this.#usable() : range;
    this.go({ range: stepRange(offeredRanges(this.#options.past(), hubNow()), from, by), to: null });
  }

  #move(by: -1 | 1): void {
    if (this.view.range === 'all' || (by === 1 && this.following)) return;
    this.go(moveView(this.view, by, this.#options.past().extent, hubNow()));
  }
}
