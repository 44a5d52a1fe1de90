import { scoreMatch } from '@shared/fuzzy';
import type { Approval, SeriesSearch } from '@shared/model';
import { hasInOrder, parseSearch, type SearchWord } from './search-words';
import { seriesInfo, type Series } from './series';
import type { IndexedKey, SeriesIndex } from './series-index';

export interface SeriesQuery {
  text: string;
  /** How the answer is grouped. */
  by: 'metric' | 'device';
  /** The most groups, series per group, and series in total in the answer. */
  groups: number;
  perGroup: number;
  limit: number;
}

/** The facts about a device that a search reads. */
export interface SearchedDevice {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly tags: readonly string[];
  readonly approval: Approval;
}

interface Entry {
  device: SearchedDevice;
  name: string;
  tags: string;
  /** A sort key that puts `rack-2` before `rack-10` without a collator. */
  order: string;
}

interface Group {
  score: number;
  name: string;
  count: number;
  /** The first of its series, in order. */
  series: (limit: number) => Series[];
}

/**
 * Finds series by words in their metric, labels, device and tags; every word must be found. A word that occurs
 * nowhere is matched as letters in order, so that a typo still finds something. Costs one look at each name, each
 * device and each series.
 */
export function searchSeries(
  index: SeriesIndex,
  devices: Iterable<SearchedDevice>,
  { text, by, groups: mostGroups, perGroup, limit }: SeriesQuery,
): SeriesSearch {
  const words = parseSearch(text);
  const entries = entriesOf(devices);
  const keys = [...index.keys.values()];
  const wanted = 2 ** words.length - 1;
  const keyMasks = new Int32Array(keys.length);
  const deviceMasks = new Map<string, number>();
  for (const { device } of entries) deviceMasks.set(device.id, 0);
  for (const [bit, word] of words.entries())
    markMatches(word, 1 << bit, keys, keyMasks, entries, deviceMasks);

  let total = 0;
  const groups: Group[] = [];
  const ofDevice = new Map<string, Series[]>();
  for (const [i, key] of keys.entries()) {
    const missing = wanted & ~(keyMasks[i] ?? 0);
    const matches = (device: string) => {
      const mask = deviceMasks.get(device);
      return mask !== undefined && (mask & missing) === missing;
    };
    let count = 0;
    for (const [device, series] of key.byDevice) {
      if (!matches(device)) continue;
      count++;
      if (by === 'metric') continue;
      const list = ofDevice.get(device);
      if (list) list.push(series);
      else ofDevice.set(device, [series]);
    }
    total += count;
    if (by === 'device' || count === 0) continue;
    const score = scoreOf(key, words) + Math.log2(count + 1);
    const series = (most: number) => firstOf(key, entries, matches, most);
    groups.push({ score, name: `${key.title} ${key.key}`, count, series });
  }
  if (by === 'device') {
    for (const { device, name, order } of entries) {
      const found = ofDevice.get(device.id);
      if (!found) continue;
      const score = words.reduce((sum, word) => sum + (name.includes(word.text) ? 10 : 0), 0);
      groups.push({ score, name: order, count: found.length, series: (most) => found.slice(0, most) });
    }
  }
  groups.sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));

  let left = limit;
  const answer: SeriesSearch['groups'] = [];
  for (const { count, series } of groups.slice(0, mostGroups)) {
    if (left <= 0) break;
    const shown = series(Math.min(perGroup, left));
    left -= shown.length;
    answer.push({ count, series: shown.map(seriesInfo) });
  }
  return { total, groupCount: groups.length, groups: answer };
}

function markMatches(
  { text, field, anyOf }: SearchWord,
  bit: number,
  keys: readonly IndexedKey[],
  keyMasks: Int32Array,
  entries: readonly Entry[],
  deviceMasks: Map<string, number>,
): void {
  let found = false;
  const mark = (includes: (hay: string) => boolean) => {
    if (field !== 'device' && field !== 'tag') {
      for (const [i, key] of keys.entries()) {
        if (!includes(field === 'label' ? key.labelWords : key.words)) continue;
        keyMasks[i] = (keyMasks[i] ?? 0) | bit;
        found = true;
      }
    }
    if (field === 'metric' || field === 'label') return;
    for (const { device, name, tags } of entries) {
      const isHit =
        field === 'tag'
          ? includes(tags)
          : field === 'device'
            ? includes(name)
            : includes(name) || includes(tags);
      if (!isHit) continue;
      deviceMasks.set(device.id, (deviceMasks.get(device.id) ?? 0) | bit);
      found = true;
    }
  };
  mark((hay) => anyOf.some((one) => hay.includes(one)));
  if (!found && text.length > 2) mark((hay) => hasInOrder(hay, text));
}

/** Ranks plain names before those with many labels, and whole words before parts of words. */
function scoreOf({ words, labels, title, metric }: IndexedKey, typed: readonly SearchWord[]): number {
  let score = -2 * Object.keys(labels).length - metric.length / 50;
  for (const { text } of typed) score += Math.min(20, (scoreMatch(words, text) ?? 0) / 75);
  return score + (title.length < 16 ? 1 : 0);
}

function firstOf(
  key: IndexedKey,
  entries: readonly Entry[],
  matches: (device: string) => boolean,
  most: number,
): Series[] {
  const found: Series[] = [];
  for (const { device } of entries) {
    if (found.length >= most) break;
    const series = matches(device.id) ? key.byDevice.get(device.id) : undefined;
    if (series) found.push(series);
  }
  return found;
}

/** Cached; rebuilt only for devices whose name or tags have changed. */
const known = new WeakMap<SearchedDevice, Entry & { of: readonly [string, readonly string[]] }>();

function entriesOf(devices: Iterable<SearchedDevice>): Entry[] {
  const entries: Entry[] = [];
  for (const device of devices) {
    if (device.approval !== 'approved') continue;
    let entry = known.get(device);
    if (entry?.of[0] !== device.name || entry.of[1] !== device.tags) {
      const name = device.name.toLowerCase();
      entry = {
        device,
        name: `${name} ${device.kind}`,
        tags: device.tags.join(' ').toLowerCase(),
        order: name.replace(/\d+/g, (digits) => digits.padStart(10, '0')),
        of: [device.name, device.tags],
      };
      known.set(device, entry);
    }
    entries.push(entry);
  }
  return entries.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
}
