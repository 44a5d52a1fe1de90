import type { DropSummary } from '@shared/model';

/** Connections lost longer ago than this are forgotten, ms. */
const WINDOW_MS = 60 * 60_000;
/** The most lost connections remembered; a device that drops more often still counts as this many. */
const MAX_KEPT = 256;
/** The most causes named; the others are counted as one. */
const MAX_CAUSES = 4;

/** The connections of one device that were lost within the last hour. Times are monotonic, ms. */
export class Drops {
  #list: { at: number; cause: string }[] = [];
  /** Null if there were none. */
  summary: DropSummary | null = null;

  /** A connection was lost; `cause` is the sentence that the user sees. */
  add(cause: string, now: number): void {
    this.#list.push({ at: now, cause });
    if (this.#list.length > MAX_KEPT) this.#list.shift();
    this.#keepSince(now);
  }

  /** Forgets what is too old. Returns whether that changed the summary. */
  forgetOld(now: number): boolean {
    const [oldest] = this.#list;
    if (!oldest || oldest.at > now - WINDOW_MS) return false;
    this.#keepSince(now);
    return true;
  }

  #keepSince(now: number): void {
    this.#list = this.#list.filter(({ at }) => at > now - WINDOW_MS);
    this.summary = this.#list.length === 0 ? null : summaryOf(this.#list.map(({ cause }) => cause));
  }
}

/** Counts the causes, the most frequent first. */
function summaryOf(all: readonly string[]): DropSummary {
  const counts = new Map<string, number>();
  for (const cause of all) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  const causes = [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
  if (causes.length > MAX_CAUSES) {
    const others = causes.splice(MAX_CAUSES - 1);
    causes.push({ text: 'Other causes.', count: others.reduce((sum, { count }) => sum + count, 0) });
  }
  return { count: all.length, causes };
}
