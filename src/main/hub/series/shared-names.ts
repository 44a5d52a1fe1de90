import { BoundedMap } from '@shared/bounded-map';
import type { Labels } from '@shared/model';

/** The most names that are shared. Further devices have copies of their own. */
const MOST_NAMES = 10_000;

/** The text that tells a series from the others of its device. */
export interface SeriesNames {
  readonly key: string;
  readonly metric: string;
  readonly labels: Labels;
}

/**
 * Shares names between devices. Computers of the same kind report series with the same names; a thousand of them would
 * hold each name a thousand times, as the ropes that `formatSeriesKey` makes. Here they share one flat copy.
 */
export class SharedNames {
  readonly #known = new BoundedMap<string, SeriesNames>(MOST_NAMES);

  /** Returns the names with this key, which determines metric and labels; `make` is called if it is new. */
  of(key: string, make: () => Omit<SeriesNames, 'key'>): SeriesNames {
    const known = this.#known.get(key);
    if (known) return known;
    const { metric, labels } = make();
    const names = { key: flat(key), metric, labels: Object.freeze(labels) };
    this.#known.set(names.key, names);
    return names;
  }
}

/** Returns the same text in one piece of memory: V8 joins texts as a tree, which is several times their size. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
