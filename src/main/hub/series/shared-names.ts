import { BoundedMap } from '@shared/bounded-map';
import type { Labels } from '@shared/model';

/** How many names are kept to be shared. Further devices' names are their own. */
const MOST_NAMES = 10_000;

/** The text that tells a series from the others of its device. */
export interface SeriesNames {
  readonly key: string;
  readonly metric: string;
  readonly labels: Labels;
}

/**
 * Computers of a kind report series of the same names. A thousand of them would keep each name a thousand times, as the
 * ropes of which `formatSeriesKey` makes it; here they share one flat copy.
 */
export class SharedNames {
  readonly #known = new BoundedMap<string, SeriesNames>(MOST_NAMES);

  /** The names with this key, which decides metric and labels; `make` is called when it is not known. */
  of(key: string, make: () => Omit<SeriesNames, 'key'>): SeriesNames {
    const known = this.#known.get(key);
    if (known) return known;
    const { metric, labels } = make();
    const names = { key: flat(key), metric, labels: Object.freeze(labels) };
    this.#known.set(names.key, names);
    return names;
  }
}

/** The same text in one piece of memory: V8 builds a text from pieces as a tree, which is several times its size. */
function flat(text: string): string {
  return Buffer.from(text).toString();
}
