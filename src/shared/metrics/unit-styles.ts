import { BoundedMap } from '../bounded-map';
import type { MetricKind } from '../model';

/** One size of a unit: values of at least `from`, in the base unit, are divided by `divisor` and get `suffix`. */
export interface UnitStep {
  from: number;
  divisor: number;
  suffix: string;
  /** The suffix for exactly one, if it differs: `1 worker`. */
  one?: string | undefined;
  /** At most this many decimals at this size. */
  decimals?: number | undefined;
}

export interface UnitStyle {
  /** Multiplying a value by this gives the base unit that the steps use. */
  factor: number;
  steps: readonly UnitStep[];
  /** At most this many decimals at any size. */
  decimals?: number | undefined;
  /** Whole values are shown without decimals. */
  wholeNumbers: boolean;
}

const steps = (...rows: readonly (readonly [divisor: number, suffix: string, from?: number])[]): UnitStep[] =>
  rows.map(([divisor, suffix, from]) => ({ from: from ?? divisor, divisor, suffix }));

const BYTES = steps(
  [1, 'B'],
  [1024, 'KiB'],
  [1024 ** 2, 'MiB'],
  [1024 ** 3, 'GiB'],
  [1024 ** 4, 'TiB'],
  [1024 ** 5, 'PiB'],
  [1024 ** 6, 'EiB'],
);
const BITS = steps([1, 'bit'], [1e3, 'kbit'], [1e6, 'Mbit'], [1e9, 'Gbit'], [1e12, 'Tbit']);
const SECONDS = steps(
  [1e-9, 'ns'],
  [1e-6, 'µs'],
  [1e-3, 'ms'],
  [1, 's'],
  [60, 'min', 120],
  [3_600, 'h', 7_200],
  [86_400, 'd', 172_800],
);
const PLAIN = steps([1, ''], [1e6, 'M', 1e7], [1e9, 'G', 1e10], [1e12, 'T', 1e13]);

function si(symbol: string, small: boolean): UnitStep[] {
  const large = steps([1, symbol], [1e3, `k${symbol}`], [1e6, `M${symbol}`], [1e9, `G${symbol}`]);
  if (!small) return large;
  const tiny = steps([1e-12, `p${symbol}`], [1e-9, `n${symbol}`], [1e-6, `µ${symbol}`], [1e-3, `m${symbol}`]);
  return [...tiny, ...large];
}

function counted(noun: string): UnitStep[] {
  const nouns = plural(noun);
  const tail = nouns === '' ? '' : ` ${nouns}`;
  const large = steps([1e3, `k${tail}`, 1e4], [1e6, `M${tail}`, 1e7], [1e9, `G${tail}`, 1e10]);
  return [{ from: 1, divisor: 1, suffix: nouns, one: noun }, ...large];
}

const fixed = (symbol: string): UnitStep[] => [{ from: 0, divisor: 1, suffix: symbol }];

type Family = Omit<UnitStyle, 'factor'>;
const bytes: Family = {
  steps: BYTES.map((step) => (step.divisor === 1 ? { ...step, decimals: 0 } : step)),
  wholeNumbers: true,
};
const bits: Family = { steps: BITS, wholeNumbers: true };
const time: Family = { steps: SECONDS, wholeNumbers: false };
const percent: Family = { steps: fixed('%'), decimals: 1, wholeNumbers: false };
const plain: Family = { steps: PLAIN, wholeNumbers: true };
const scaled = (symbol: string, small = false): Family => ({ steps: si(symbol, small), wholeNumbers: false });
const one = (symbol: string, decimals = 1): Family => ({
  steps: fixed(symbol),
  decimals,
  wholeNumbers: false,
});

/** UCUM codes, and other spellings that devices use: the unit family and the factor to its base unit. */
const UNITS: Readonly<Record<string, readonly [family: Family, factor: number]>> = {
  '1': [percent, 100],
  '%': [percent, 1],
  By: [bytes, 1],
  B: [bytes, 1],
  byte: [bytes, 1],
  bytes: [bytes, 1],
  kBy: [bytes, 1e3],
  MBy: [bytes, 1e6],
  GBy: [bytes, 1e9],
  KiBy: [bytes, 1024],
  MiBy: [bytes, 1024 ** 2],
  GiBy: [bytes, 1024 ** 3],
  bit: [bits, 1],
  kbit: [bits, 1e3],
  Mbit: [bits, 1e6],
  s: [time, 1],
  sec: [time, 1],
  seconds: [time, 1],
  ms: [time, 1e-3],
  us: [time, 1e-6],
  µs: [time, 1e-6],
  ns: [time, 1e-9],
  min: [time, 60],
  h: [time, 3_600],
  d: [time, 86_400],
  Cel: [one('°C'), 1],
  C: [one('°C'), 1],
  '°C': [one('°C'), 1],
  '[degF]': [one('°F'), 1],
  F: [one('°F'), 1],
  '°F': [one('°F'), 1],
  K: [one('K'), 1],
  deg: [one('°'), 1],
  Hz: [scaled('Hz'), 1],
  kHz: [scaled('Hz'), 1e3],
  MHz: [scaled('Hz'), 1e6],
  GHz: [scaled('Hz'), 1e9],
  V: [scaled('V', true), 1],
  mV: [scaled('V', true), 1e-3],
  uV: [scaled('V', true), 1e-6],
  kV: [scaled('V', true), 1e3],
  A: [scaled('A', true), 1],
  mA: [scaled('A', true), 1e-3],
  uA: [scaled('A', true), 1e-6],
  W: [scaled('W', true), 1],
  mW: [scaled('W', true), 1e-3],
  kW: [scaled('W', true), 1e3],
  'V.A': [scaled('VA', true), 1],
  VA: [scaled('VA', true), 1],
  'kV.A': [scaled('VA', true), 1e3],
  var: [scaled('var', true), 1],
  'var.h': [scaled('varh'), 1],
  'kvar.h': [scaled('varh'), 1e3],
  'mW.h': [scaled('Wh'), 1e-3],
  'W.h': [scaled('Wh'), 1],
  Wh: [scaled('Wh'), 1],
  'kW.h': [scaled('Wh'), 1e3],
  kWh: [scaled('Wh'), 1e3],
  J: [scaled('J'), 1],
  Ohm: [scaled('Ω'), 1],
  kOhm: [scaled('Ω'), 1e3],
  Pa: [one('hPa'), 0.01],
  hPa: [one('hPa'), 1],
  mbar: [one('hPa'), 1],
  kPa: [one('hPa'), 10],
  bar: [one('bar', 2), 1],
  '[psi]': [one('psi'), 1],
  "[in_i'Hg]": [one('inHg', 2), 1],
  'mm[Hg]': [one('mmHg'), 1],
  dBm: [one('dBm', 0), 1],
  dB: [one('dB'), 1],
  '[ppm]': [one('ppm', 0), 1],
  ppm: [one('ppm', 0), 1],
  '[ppb]': [one('ppb', 0), 1],
  'ug/m3': [one('µg/m³'), 1],
  lx: [one('lx', 0), 1],
  rpm: [one('rpm', 0), 1],
  '{rpm}': [one('rpm', 0), 1],
  mm: [one('mm'), 1],
  cm: [one('cm'), 1],
  m: [one('m', 2), 1],
  km: [one('km', 2), 1],
  kg: [one('kg', 2), 1],
  g: [one('g'), 1],
  'm/s': [one('m/s'), 1],
  'km/h': [one('km/h'), 1],
  '[mi_i]/h': [one('mph'), 1],
  '[in_i]': [one('in', 2), 1],
  '[in_i]/h': [one('in/h', 2), 1],
  'mm/h': [one('mm/h'), 1],
  'W/m2': [one('W/m²', 0), 1],
  'Bq/m3': [one('Bq/m³', 0), 1],
  'uS/cm': [one('µS/cm', 0), 1],
};

/** How people write a UCUM code; the first spelling is the one shown. */
const WRITTEN: Readonly<Record<string, readonly string[]>> = {
  By: ['B', 'byte', 'bytes'],
  kBy: ['kB'],
  MBy: ['MB'],
  GBy: ['GB'],
  KiBy: ['KiB'],
  MiBy: ['MiB'],
  GiBy: ['GiB'],
  s: ['s', 'sec', 'seconds'],
  us: ['µs', 'μs'],
  Cel: ['°C', 'C'],
  '[degF]': ['°F', 'F'],
  deg: ['°'],
  'V.A': ['VA'],
  'kV.A': ['kVA'],
  'var.h': ['varh'],
  'kvar.h': ['kvarh'],
  'mW.h': ['mWh'],
  'W.h': ['Wh'],
  'kW.h': ['kWh'],
  Ohm: ['Ω', 'Ω'],
  kOhm: ['kΩ', 'kΩ'],
  uV: ['µV'],
  uA: ['µA'],
  '[psi]': ['psi'],
  "[in_i'Hg]": ['inHg'],
  'mm[Hg]': ['mmHg'],
  '[mi_i]/h': ['mph'],
  '[in_i]': ['in'],
  '[in_i]/h': ['in/h'],
  'W/m2': ['W/m²'],
  'Bq/m3': ['Bq/m³'],
  'uS/cm': ['µS/cm'],
  hPa: ['hPa', 'mbar'],
  '[ppm]': ['ppm'],
  '[ppb]': ['ppb'],
  'ug/m3': ['µg/m³', 'ug/m³', 'µg/m3'],
};
const codeOf = new Map(
  Object.entries(WRITTEN).flatMap(([code, written]) => written.map((text) => [text, code] as const)),
);

/** Returns the UCUM code of a unit as people write it (`°C`, `kWh`); unknown units are returned unchanged. */
export function unitCode(written: string): string {
  return codeOf.get(written) ?? written;
}

/** Returns a unit as people write it; the inverse of {@link unitCode}. */
export function unitText(code: string): string {
  return (Object.hasOwn(WRITTEN, code) ? WRITTEN[code]?.[0] : undefined) ?? code;
}

/** Annotations that need no suffix. */
const SILENT = new Set(['{thread}', '{cpu}', '{row}', '{process}']);

const MAX_REMEMBERED = 512;
const remembered = new BoundedMap<string, UnitStyle>(MAX_REMEMBERED);

/** Returns how to show values of a unit; for a counter, its rate per second. Unknown units are shown as they are. */
export function styleOf(unit: string, kind: MetricKind): UnitStyle {
  const key = `${kind === 'counter' ? 'c' : 'g'}${unit}`;
  const before = remembered.get(key);
  if (before) return before;
  const style = makeStyle(unit, kind === 'counter');
  remembered.set(key, style);
  return style;
}

function makeStyle(unit: string, isCounter: boolean): UnitStyle {
  const whole = lookUp(unit);
  if (!isCounter && whole) return whole;
  const perSecond = unit.endsWith('/s') && !isCounter;
  const isRate = isCounter || perSecond;
  const base = perSecond ? unit.slice(0, -2) : unit;
  // A counter of "1" counts things; it is not a ratio.
  const style = (isRate && base === '1' ? undefined : lookUp(base)) ?? unknown(base, isRate);
  if (!isRate) return style;
  if (style.steps === SECONDS) return { ...percent, factor: style.factor * 100 };
  return {
    ...style,
    wholeNumbers: false,
    steps: style.steps.map((step) => ({ ...step, suffix: `${step.suffix}/s`, one: undefined })),
  };
}

function lookUp(unit: string): UnitStyle | undefined {
  const known = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
  return known && { ...known[0], factor: known[1] };
}

function unknown(unit: string, isRate: boolean): UnitStyle {
  if (unit === '' || unit === '1') return { ...plain, factor: 1 };
  const annotation = /^\{([^{}]*)\}$/.exec(unit)?.[1];
  if (annotation === undefined) return { factor: 1, steps: fixed(unit.slice(0, 32)), wholeNumbers: true };
  const noun = SILENT.has(unit) && !isRate ? '' : annotation.replaceAll('_', ' ').slice(0, 32);
  return { factor: 1, steps: counted(noun), wholeNumbers: unit !== '{thread}' };
}

function plural(noun: string): string {
  if (noun === '' || /[^s]s$/.test(noun)) return noun;
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(ss|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}
