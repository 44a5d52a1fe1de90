import { Remembered } from '../components/remembered.svelte';

/** A view that was opened, in the form of its address. */
export interface RecentView {
  title: string;
  link: string;
}

const MOST = 6;
/** Views of hundreds of series are kept on boards, not here. */
const MOST_CHARACTERS = 8_000;

/** The views that this browser showed most recently, the latest first. */
class RecentViews {
  readonly #stored = new Remembered('explore-recent', (stored) => stored ?? '[]');
  readonly list: readonly RecentView[] = $derived(parse(this.#stored.value));

  add(view: RecentView): void {
    if (view.link.length > MOST_CHARACTERS) return;
    const others = this.list.filter(({ title, link }) => link !== view.link && title !== view.title);
    this.#stored.value = JSON.stringify([view, ...others].slice(0, MOST));
  }
}

function parse(stored: string): RecentView[] {
  try {
    const value: unknown = JSON.parse(stored);
    if (!Array.isArray(value)) return [];
    return value
      .filter((one): one is RecentView => {
        const { title, link } = (one ?? {}) as Partial<Record<keyof RecentView, unknown>>;
        return typeof title === 'string' && typeof link === 'string';
      })
      .slice(0, MOST);
  } catch {
    return [];
  }
}

export const recentViews = new RecentViews();
