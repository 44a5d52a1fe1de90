import type { MetricKind } from '../model';
import { styleOf, type UnitStep, type UnitStyle } from './unit-styles';

/** Separates thousands. */
const THIN_SPACE = '\u202f';
/** Keeps a number and its unit on one line. A thin space would be too narrow before letters ("2.9GiB"). */
const UNIT_SPACE = '\u00a0';
const MINUS = '\u2212';
const NOTHING = '\u2014';

/** A value split for typesetting, such as `{ number: '23.4', suffix: '%' }`. The suffix may be empty. */
export interface FormattedValue {
  number: string;
  suffix: string;
}

/** One scale for a whole axis. */
export interface AxisScale {
  /** Shown number = value / divisor. */
  divisor: number;
  suffix: string;
  /** How many decimals ticks `step` apart need; `step` is in the unit of the values, before dividing. */
  digits: (step: number) => number;
}

/**
 * Formats a value for people. A ratio (`1`) becomes a percentage, bytes use powers of 1024, and a counter's value is
 * taken as its rate per second (so a counter in seconds becomes a share of time). null and NaN become an em dash.
 */
export function formatValue(value: number | null, unit: string, kind: MetricKind = 'gauge'): FormattedValue {
  const style = styleOf(unit, kind);
  if (value === null || Number.isNaN(value)) return { number: NOTHING, suffix: style.steps[0]?.suffix ?? '' };
  if (!Number.isFinite(value))
    return { number: value > 0 ? '∞' : `${MINUS}∞`, suffix: style.steps[0]?.suffix ?? '' };
  const inBase = value * style.factor;
  let step = stepFor(style, Math.abs(inBase));
  let shown = inBase / step.divisor;
  let decimals = decimalsFor(shown, step, style, Number.isInteger(inBase));
  // 1023.96 KiB would be rounded to "1024 KiB", so the next step is used instead.
  const rounded = Math.abs(Number(shown.toFixed(decimals))) * step.divisor;
  const next = stepFor(style, rounded);
  if (next !== step) {
    step = next;
    shown = inBase / step.divisor;
    decimals = decimalsFor(shown, step, style, Number.isInteger(inBase));
  }
  const number = typeset(shown, decimals);
  return { number, suffix: number === '1' ? (step.one ?? step.suffix) : step.suffix };
}

/** Formats a value as one string: `23.4 %`. */
export function formatText(value: number | null, unit: string, kind: MetricKind = 'gauge'): string {
  const { number, suffix } = formatValue(value, unit, kind);
  if (number === NOTHING) return NOTHING;
  return suffix === '' ? number : `${number}${UNIT_SPACE}${suffix}`;
}

/** Returns the scale for an axis whose largest absolute value is `maxAbs` (in the series' unit). */
export function scaleFor(maxAbs: number, unit: string, kind: MetricKind = 'gauge'): AxisScale {
  const style = styleOf(unit, kind);
  const step = stepFor(style, Number.isFinite(maxAbs) ? Math.abs(maxAbs) * style.factor : 0);
  const divisor = step.divisor / style.factor;
  return {
    divisor,
    suffix: step.suffix,
    digits: (tick) => {
      const shown = Math.abs(tick / divisor);
      if (!Number.isFinite(shown) || shown === 0) return 0;
      for (let digits = 0; digits < 6; digits++) {
        const scaled = shown * 10 ** digits;
        if (Math.abs(scaled - Math.round(scaled)) < 1e-3 && Math.round(scaled) >= 1) return digits;
      }
      return 6;
    },
  };
}

export function formatBytes(bytes: number | null): string {
  return formatText(bytes, 'By');
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Formats a length of time in at most two units: `350 ms`, `12 s`, `4 min`, `2 h 5 min`, `3 d 4 h`. Never negative. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return NOTHING;
  const length = Math.max(0, ms);
  if (length < SECOND) return `${Math.floor(length)} ms`;
  if (length < MINUTE) return `${Math.floor(length / SECOND)} s`;
  if (length < HOUR) return `${Math.floor(length / MINUTE)} min`;
  if (length < DAY) return pair(length, HOUR, 'h', MINUTE, 'min');
  return pair(length, DAY, 'd', HOUR, 'h');
}

function pair(length: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((length % large) / small);
  const first = `${Math.floor(length / large)} ${largeUnit}`;
  return rest === 0 ? first : `${first} ${rest} ${smallUnit}`;
}

/** Formats how long before `now` something was, both ms since the epoch: `just now`, `12 s ago`, `4 min ago`. */
export function formatAgo(at: number, now: number): string {
  const past = now - at;
  if (!Number.isFinite(past)) return NOTHING;
  return past < 2 * SECOND ? 'just now' : `${formatDuration(past)} ago`;
}

/** Outside these bounds, numbers in a unit without its own sizes would be mostly zeros. */
const TINY = 1e-4;
const VAST = 1e9;
/** Larger multiples of a unit's largest size are shown as a power of ten, because `18 446 744 TB` is hard to read. */
const MOST_OF_A_SIZE = 1e5;
const RAISED: Readonly<Record<string, string>> = {
  '-': '⁻',
  ...Object.fromEntries([...'⁰¹²³⁴⁵⁶⁷⁸⁹'].entries()),
};

/** Returns a power of ten such as `×10⁻⁹`, for values that no size of the unit fits. */
function powerStep({ suffix }: UnitStep, absolute: number): UnitStep {
  const exponent = Math.max(-300, Math.floor(Math.log10(absolute) / 3 + 1e-9) * 3);
  const power = `×10${[...String(exponent)].map((sign) => RAISED[sign]).join('')}`;
  return {
    from: 0,
    divisor: 10 ** exponent,
    suffix: suffix === '' ? power : `${power}${THIN_SPACE}${suffix}`,
  };
}

function stepFor(style: UnitStyle, absolute: number): UnitStep {
  const first = style.steps[0] as UnitStep;
  let chosen = absolute === 0 ? (style.steps.find((step) => step.divisor === 1) ?? first) : first;
  if (absolute !== 0) for (const step of style.steps) if (absolute >= step.from) chosen = step;
  if (absolute === 0) return chosen;
  if (
    style.steps.at(-1) === chosen &&
    absolute >= (chosen.divisor === 1 ? VAST : chosen.divisor * MOST_OF_A_SIZE)
  ) {
    return powerStep(style.steps.find((step) => step.divisor === 1) ?? chosen, absolute);
  }
  // If decimals are limited, values too small to be shown do not matter.
  const isLimited = (chosen.decimals ?? style.decimals) !== undefined;
  return absolute < TINY && chosen.divisor === 1 && !isLimited ? powerStep(chosen, absolute) : chosen;
}

/**
 * Returns the decimals for three significant digits, so that a changing number keeps its width; fewer if more would be
 * noise.
 */
function decimalsFor(shown: number, step: UnitStep, style: UnitStyle, isInteger: boolean): number {
  const absolute = Math.abs(shown);
  if (style.wholeNumbers && isInteger && step.divisor === 1) return 0;
  const limit = step.decimals ?? style.decimals;
  const wanted = absolute < 9.995 ? 2 : absolute < 99.95 ? 1 : 0;
  if (limit !== undefined) return Math.min(limit, absolute >= 99.95 ? 0 : limit === 1 ? 1 : wanted);
  if (absolute > 0 && absolute < 0.01) return Math.min(8, 1 - Math.floor(Math.log10(absolute)));
  return wanted;
}

function typeset(value: number, decimals: number): string {
  let text = Math.abs(value) >= 1e15 ? value.toExponential(2) : value.toFixed(decimals);
  if (/^-0(\.0*)?$/.test(text)) text = text.slice(1);
  const negative = text.startsWith('-');
  if (negative) text = text.slice(1);
  const [whole = '', fraction] = text.split('.');
  const grouped = /^\d{5,}$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE) : whole;
  return `${negative ? MINUS : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}
