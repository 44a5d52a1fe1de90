import type { MetricDescription } from './metric-description';
import { battery, current, MEANINGS, temperature, UNIT_WORDS, voltage, type Meaning } from './word-meanings';
import { titleOf, wordsOf } from './words';

/** Words that are a unit only behind a quantity: `uv` is mostly the sun's, and a bar may be anything. */
const ONLY_BEHIND_A_QUANTITY = new Set(['bar', 'uv', 'va', 'deg', 'degrees']);

/** Words after the decisive one that do not change the quantity: `heap_free`, `temp_in`, `voltage_l1`. */
const QUALIFIERS = new Set([
  'free',
  'level',
  'value',
  'now',
  'total',
  'sum',
  'avg',
  'mean',
  'min',
  'max',
  'in',
  'out',
  'inside',
  'outside',
  'phase',
  'soil',
  'air',
  'water',
  'indoor',
  'outdoor',
  'setpoint',
  'target',
  'today',
  'yesterday',
  'daily',
  'month',
  'monthly',
  'year',
  'lifetime',
  'import',
  'imported',
  'export',
  'exported',
  'consumed',
  'returned',
]);

/** Names of phases, channels and sensors: `a`, `l1`, `ch2`, `3`. */
const PLACE = /^(?:[a-z]|l[123](?:n|l[123])?|(?:ch|p|phase|channel|sensor)?\d+)$/;

/** Words that nearly always mean the quantity, so that names below them are instances of it: `temp.kitchen`. */
const CLEAR = new Set([
  'temp',
  'temperature',
  'humidity',
  'pressure',
  'voltage',
  'volt',
  'co2',
  'energy',
  'rssi',
]);
/** Words for something about a quantity that is not measured in its unit: `temp.count`. */
const OTHER =
  /^(?:count|factor|unit|price|cost|errors?|state|status|time|timestamp|id|age|enabled|valid|ok|on|off|alarm|type|index|interval)$/;

/** Quantities whose parts are named by single letters, even if the letter is also a unit's symbol: `voltage.w`. */
const PHASED = new Set([voltage, current]);
/** Letters that name phases and sensors rather than units, except for a battery. */
const PHASES = new Set(['a', 'b', 'c', 'r', 's', 't', 'n']);
const TEMPERATURES = new Set(['Cel', '[degF]', 'K']);
/** Short words that often mean something else, so they count only as the whole name. */
const WHOLE_ONLY = new Set(['tmp', 'co', 'ph', 'orp', 'wh', 'dbm', 'watt']);
const POWERS: ReadonlyMap<string, string> = new Map([
  ['apparent', 'V.A'],
  ['aprt', 'V.A'],
  ['reactive', 'var'],
]);

/** The size of particles: `pm2_5`, `PM2.5`, `pm10_0`. */
const PARTICLE_SIZE = /(?<![\p{L}\p{N}])pm[._]?(\d{1,2})[._](\d)(?!\d)/giu;
const joinSize = (_name: string, whole: string, tenth: string) => `pm${whole}${tenth === '0' ? '' : tenth}`;
/** Names that contain a quantity but are none: colour temperatures are in mired or kelvin. */
const NOT_A_QUANTITY = /colou?r_?temp/i;

/**
 * Returns the meaning of a name, from its last meaningful word; null when there is none. If a word could be a unit or
 * part of a quantity, the quantity wins: phase A in `voltage.a`. See `describeMetric`.
 */
export function describeByWords(name: string): MetricDescription | null {
  const plain = name.slice(0, 256).replace(PARTICLE_SIZE, joinSize);
  if (NOT_A_QUANTITY.test(plain)) return null;
  const words = wordsOf(plain);
  const last = words.at(-1);
  if (last === undefined) return null;
  const own = wordsOf(plain.slice(plain.lastIndexOf('.') + 1)).length;
  const counted = words.length > 1 && last === 'total';
  const end = counted ? words.length - 1 : words.length;
  let unit = end > 1 ? unitOf(words[end - 1] ?? '') : undefined;
  if (unit === 's' && words[end - 2] === 'per') return describeRate(name, words.slice(0, end - 2));
  const found = findMeaning(words, unit === undefined ? end : end - 1, own - (words.length - end));
  // "m.v" is a value rather than volts.
  const isLetterAlone = own === 1 && words[end - 1]?.length === 1;
  if (!found && (isLetterAlone || ONLY_BEHIND_A_QUANTITY.has(words[end - 1] ?? ''))) unit = undefined;
  if (found && unit !== undefined && isPlaceOf(found.meaning, words[end - 1] ?? '', unit)) unit = undefined;
  if (found) {
    const { meaning, at } = found;
    const power = meaning.unit === 'W' ? POWERS.get(words[at - 1] ?? '') : undefined;
    return {
      name,
      title: meaning.title,
      unit: unit ?? power ?? meaning.unit,
      isGuess: true,
      kind: meaning.kind ?? 'gauge',
      group: meaning.group,
      description: '',
    };
  }
  if (unit === undefined && !counted) return null;
  const rest = words.slice(0, unit === undefined ? end : end - 1);
  return {
    name,
    title: titleOf(rest.slice(-3)),
    unit: unit ?? '',
    isGuess: true,
    kind: counted ? 'counter' : 'gauge',
    group: titleOf(words.slice(0, 1)),
    description: '',
  };
}

/** Describes a name that ends with `per_sec`; null unless the word before it names a unit. */
function describeRate(name: string, words: readonly string[]): MetricDescription | null {
  const unit = unitOf(words.at(-1) ?? '');
  if (unit === undefined) return null;
  const title = titleOf([...words.slice(-4, -1), 'rate']);
  const group = titleOf(words.slice(0, 1));
  return { name, title, unit: `${unit}/s`, isGuess: true, kind: 'gauge', group, description: '' };
}

/**
 * Finds the last meaningful word before `end`, if the words after it only say which instance it is. The last `own`
 * words come after the last dot.
 */
function findMeaning(
  words: readonly string[],
  end: number,
  own: number,
): { meaning: Meaning; at: number } | null {
  const parentEnd = Math.min(end, words.length - Math.max(1, own));
  for (let at = end - 1; at >= 0; at--) {
    const word = words[at] ?? '';
    const isAlone = !WHOLE_ONLY.has(word) || at === 0 || at === parentEnd;
    const meaning = pairMeaning(words[at - 1], word) ?? (isAlone ? meaningOf(word) : undefined);
    const after = words.slice(at + 1, end);
    const isPlain = after.every((one) => QUALIFIERS.has(one) || PLACE.test(one));
    if (meaning && isPlain) return { meaning, at };
    // A name below another one may mean anything, unless the name above is clear.
    if (meaning && at < parentEnd && CLEAR.has(singular(word)) && !after.some((one) => OTHER.test(one))) {
      return { meaning, at };
    }
    if (meaning) return null;
  }
  return null;
}

/** Whether a word that could be a unit's symbol names a part of the quantity instead, such as phase A of a voltage. */
function isPlaceOf(meaning: Meaning, word: string, unit: string): boolean {
  if (word.length > 1 || unit === meaning.unit || meaning === battery) return false;
  if (meaning === temperature && TEMPERATURES.has(unit)) return false;
  return PHASED.has(meaning) || PHASES.has(word);
}

function unitOf(word: string): string | undefined {
  return Object.hasOwn(UNIT_WORDS, word) ? UNIT_WORDS[word] : undefined;
}

function singular(word: string): string {
  return word.replace(/\d+$/, '').replace(/s$/, '');
}

/** The meaning of two words that are written as one as well: `wind_speed`, `windspeed`. */
function pairMeaning(before: string | undefined, word: string): Meaning | undefined {
  const joined = `${before ?? ''}${word}`;
  const isPair = before !== undefined && !WHOLE_ONLY.has(joined) && Object.hasOwn(MEANINGS, joined);
  return isPair ? MEANINGS[joined] : undefined;
}

function meaningOf(word: string): Meaning | undefined {
  if (Object.hasOwn(MEANINGS, word)) return MEANINGS[word];
  const bare = word.replace(/\d+$/, '');
  if (bare !== word && Object.hasOwn(MEANINGS, bare)) return MEANINGS[bare];
  const single = singular(word);
  if (single === 'current' || CLEAR.has(single)) return MEANINGS[single];
  return undefined;
}
