import type { MetricKind } from '../model';
import type { MetricDescription } from './metric-description';
import { titleOf, wordsOf } from './words';

interface Meaning {
  title: string;
  unit: string;
  group: string;
  kind?: MetricKind;
}

const CLIMATE = 'Climate';
const SIGNAL = 'Signal';
const POWER = 'Power';
const BOARD = 'Board';
const STATES = 'States';

const temperature: Meaning = { title: 'Temperature', unit: 'Cel', group: CLIMATE };
const humidity: Meaning = { title: 'Humidity', unit: '%', group: CLIMATE };
const pressure: Meaning = { title: 'Pressure', unit: 'hPa', group: CLIMATE };
const signal: Meaning = { title: 'Signal', unit: 'dBm', group: SIGNAL };
const voltage: Meaning = { title: 'Voltage', unit: 'V', group: POWER };
const current: Meaning = { title: 'Current', unit: 'A', group: POWER };
const battery: Meaning = { title: 'Battery', unit: '%', group: POWER };
const frequency: Meaning = { title: 'Frequency', unit: 'Hz', group: POWER };
const light: Meaning = { title: 'Light', unit: 'lx', group: CLIMATE };
const heap: Meaning = { title: 'Free heap', unit: 'By', group: BOARD };
const state = (title: string): Meaning => ({ title, unit: '', group: STATES });

/** Names that boards and scripts commonly use, by the last word of the name. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  temp: temperature,
  temperature: temperature,
  tmp: temperature,
  dewpoint: { title: 'Dew point', unit: 'Cel', group: CLIMATE },
  hum: humidity,
  humid: humidity,
  humidity: humidity,
  rh: humidity,
  moisture: { title: 'Moisture', unit: '%', group: CLIMATE },
  pressure: pressure,
  press: pressure,
  baro: pressure,
  altitude: { title: 'Altitude', unit: 'm', group: CLIMATE },
  lux: light,
  light: light,
  illuminance: light,
  uv: { title: 'UV index', unit: '', group: CLIMATE },
  co2: { title: 'CO₂', unit: '[ppm]', group: CLIMATE },
  eco2: { title: 'CO₂ equivalent', unit: '[ppm]', group: CLIMATE },
  tvoc: { title: 'TVOC', unit: '[ppb]', group: CLIMATE },
  pm1: { title: 'PM1', unit: 'ug/m3', group: CLIMATE },
  pm25: { title: 'PM2.5', unit: 'ug/m3', group: CLIMATE },
  pm10: { title: 'PM10', unit: 'ug/m3', group: CLIMATE },
  wind: { title: 'Wind', unit: 'm/s', group: CLIMATE },
  rain: { title: 'Rain', unit: 'mm', group: CLIMATE },
  noise: { title: 'Noise', unit: 'dB', group: CLIMATE },
  rssi: signal,
  signal: signal,
  snr: { title: 'Signal to noise', unit: 'dB', group: SIGNAL },
  latency: { title: 'Latency', unit: 'ms', group: SIGNAL },
  rtt: { title: 'Round trip', unit: 'ms', group: SIGNAL },
  ping: { title: 'Ping', unit: 'ms', group: SIGNAL },
  voltage: voltage,
  volt: voltage,
  volts: voltage,
  vcc: { title: 'Supply voltage', unit: 'V', group: POWER },
  vin: { title: 'Input voltage', unit: 'V', group: POWER },
  vbat: { title: 'Battery voltage', unit: 'V', group: POWER },
  current: current,
  amps: current,
  ampere: current,
  power: { title: 'Power', unit: 'W', group: POWER },
  watts: { title: 'Power', unit: 'W', group: POWER },
  energy: { title: 'Energy', unit: 'W.h', group: POWER },
  freq: frequency,
  frequency: frequency,
  battery: battery,
  batt: battery,
  bat: battery,
  soc: battery,
  heap: heap,
  freeheap: heap,
  psram: { title: 'Free PSRAM', unit: 'By', group: BOARD },
  uptime: { title: 'Uptime', unit: 's', group: BOARD },
  rpm: { title: 'Speed', unit: 'rpm', group: BOARD },
  distance: { title: 'Distance', unit: 'cm', group: BOARD },
  weight: { title: 'Weight', unit: 'kg', group: BOARD },
  door: state('Door'),
  window: state('Window'),
  motion: state('Motion'),
  pir: state('Motion'),
  relay: state('Relay'),
  led: state('LED'),
  switch: state('Switch'),
  button: state('Button'),
  alarm: state('Alarm'),
  leak: state('Leak'),
  presence: state('Presence'),
};

/** A last word that names the unit: `temp_c`, `vbat_mv`, `latency_ms`, `free_bytes`. */
const UNIT_WORDS: Readonly<Record<string, string>> = {
  c: 'Cel',
  degc: 'Cel',
  celsius: 'Cel',
  f: '[degF]',
  degf: '[degF]',
  fahrenheit: '[degF]',
  kelvin: 'K',
  pct: '%',
  percent: '%',
  '%': '%',
  ratio: '1',
  pa: 'Pa',
  hpa: 'hPa',
  mbar: 'mbar',
  kpa: 'kPa',
  v: 'V',
  mv: 'mV',
  a: 'A',
  ma: 'mA',
  w: 'W',
  mw: 'mW',
  kw: 'kW',
  wh: 'W.h',
  kwh: 'kW.h',
  dbm: 'dBm',
  db: 'dB',
  hz: 'Hz',
  khz: 'kHz',
  mhz: 'MHz',
  bytes: 'By',
  kb: 'KiBy',
  kib: 'KiBy',
  mb: 'MiBy',
  mib: 'MiBy',
  gb: 'GiBy',
  seconds: 's',
  sec: 's',
  secs: 's',
  s: 's',
  ms: 'ms',
  millis: 'ms',
  us: 'us',
  micros: 'us',
  ppm: '[ppm]',
  ppb: '[ppb]',
  lux: 'lx',
  mm: 'mm',
  cm: 'cm',
  m: 'm',
  km: 'km',
  kmh: 'km/h',
  rpm: 'rpm',
};

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
const WHOLE_ONLY = new Set(['tmp']);
const POWERS: ReadonlyMap<string, string> = new Map([
  ['apparent', 'V.A'],
  ['reactive', 'var'],
]);

/**
 * Returns the meaning of a name, from its last meaningful word; null when there is none. If a word could be a unit or
 * part of a quantity, the quantity wins: phase A in `voltage.a`. See `describeMetric`.
 */
export function describeByWords(name: string): MetricDescription | null {
  const words = wordsOf(name);
  const last = words.at(-1);
  if (last === undefined) return null;
  const own = wordsOf(name.slice(name.lastIndexOf('.') + 1)).length;
  const counted = words.length > 1 && last === 'total';
  const end = counted ? words.length - 1 : words.length;
  let unit = end > 1 ? unitOf(words[end - 1] ?? '') : undefined;
  if (unit === 's' && words[end - 2] === 'per') return describeRate(name, words.slice(0, end - 2));
  const found = findMeaning(words, unit === undefined ? end : end - 1, own - (words.length - end));
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
    const meaning = WHOLE_ONLY.has(word) && at > 0 && at !== parentEnd ? undefined : meaningOf(word);
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

function meaningOf(word: string): Meaning | undefined {
  if (Object.hasOwn(MEANINGS, word)) return MEANINGS[word];
  const bare = word.replace(/\d+$/, '');
  if (bare !== word && Object.hasOwn(MEANINGS, bare)) return MEANINGS[bare];
  const single = singular(word);
  if (single === 'current' || CLEAR.has(single)) return MEANINGS[single];
  return undefined;
}
