import type { MetricKind } from '../model';
import type { MetricDescription } from './catalogue';
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

/** The meaning of a name, from its last words; null when they are unknown. See `describeMetric`. */
export function describeByWords(name: string): MetricDescription | null {
  const words = wordsOf(name);
  let counted = false;
  if (words.length > 1 && words.at(-1) === 'total') {
    words.pop();
    counted = true;
  }
  const last = words.at(-1);
  if (last === undefined) return null;
  const unit = words.length > 1 && Object.hasOwn(UNIT_WORDS, last) ? UNIT_WORDS[last] : undefined;
  const word = unit === undefined ? last : (words.at(-2) ?? last);
  const meaning = meaningOf(word) ?? (words.length === 1 ? undefined : meaningOf(words.at(-2) ?? ''));
  if (meaning && (meaningOf(word) || /^\d+$/.test(word) || QUALIFIERS.has(word))) {
    return {
      name,
      title: meaning.title,
      unit: unit ?? meaning.unit,
      kind: meaning.kind ?? 'gauge',
      group: meaning.group,
      description: '',
    };
  }
  if (unit === undefined && !counted) return null;
  const rest = unit === undefined ? words : words.slice(0, -1);
  return {
    name,
    title: titleOf(rest.slice(-3)),
    unit: unit ?? '',
    kind: counted ? 'counter' : 'gauge',
    group: titleOf(words.slice(0, 1)),
    description: '',
  };
}

/** Words after the decisive one that do not change what is measured: `heap_free`, `temp_in`. */
const QUALIFIERS = new Set([
  'free',
  'level',
  'value',
  'avg',
  'mean',
  'min',
  'max',
  'in',
  'out',
  'inside',
  'outside',
]);

function meaningOf(word: string): Meaning | undefined {
  if (Object.hasOwn(MEANINGS, word)) return MEANINGS[word];
  const bare = word.replace(/\d+$/, '');
  return bare !== word && Object.hasOwn(MEANINGS, bare) ? MEANINGS[bare] : undefined;
}
