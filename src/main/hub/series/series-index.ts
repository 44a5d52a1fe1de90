import { metricTitle } from '@shared/explore/series-words';
import type { Labels } from '@shared/model';
import type { Series } from './series';
import type { SeriesTable } from './series-table';

/** All series of one metric and one set of labels. */
export interface IndexedKey {
  readonly key: string;
  readonly metric: string;
  readonly labels: Labels;
  readonly title: string;
  /** The text that is searched, in lower case. */
  readonly words: string;
  readonly labelWords: string;
  readonly byDevice: Map<string, Series>;
}

/**
 * An index of series by name: a fleet has very many series, but few names and few devices. Built at the first search
 * and kept up to date after that.
 */
export class SeriesIndex {
  readonly keys = new Map<string, IndexedKey>();

  constructor(table: SeriesTable) {
    for (const series of table.all()) this.#add(series);
    table.created.on((series) => this.#add(series));
    table.forgotten.on((device) => this.#forget(device));
    table.dropped.on((series) => this.#drop(series));
  }

  #add(series: Series): void {
    let entry = this.keys.get(series.key);
    if (!entry) {
      const { key, metric, labels } = series;
      const title = metricTitle(metric, series.title);
      const labelWords = Object.entries(labels).flat().join(' ').toLowerCase();
      const words = `${title} ${metric} ${Object.values(labels).join(' ')}`.toLowerCase();
      entry = { key, metric, labels, title, words, labelWords, byDevice: new Map() };
      this.keys.set(key, entry);
    }
    entry.byDevice.set(series.device, series);
  }

  #drop({ key, device, id }: Series): void {
    const entry = this.keys.get(key);
    if (entry?.byDevice.get(device)?.id !== id) return;
    entry.byDevice.delete(device);
    if (entry.byDevice.size === 0) this.keys.delete(key);
  }

  #forget(device: string): void {
    for (const [key, { byDevice }] of this.keys) {
      if (byDevice.delete(device) && byDevice.size === 0) this.keys.delete(key);
    }
  }
}
