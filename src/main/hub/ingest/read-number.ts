/** How many digits always fit in 32 bits; 32-bit integers are faster than doubles. */
const GROUP_DIGITS = 9;
/** A double represents every whole number below this exactly. */
const EXACT_BELOW = 2 ** 53;
const MAX_POWER = 22;
/** The powers of ten that a double represents exactly, and each as the sum of two numbers with half as many bits. */
const POWERS = Float64Array.from({ length: MAX_POWER + 1 }, (_, i) => Number(`1e${i}`));
const SPLITTER = 2 ** 27 + 1;
const POWERS_HIGH = POWERS.map((power) => SPLITTER * power - (SPLITTER * power - power));
const POWERS_LOW = POWERS.map((power, i) => power - (POWERS_HIGH[i] as number));
/** Far more than the error of two doubles, and far less than the distance to another result. */
const SLACK = 2 ** -40;
const JSON_NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

/**
 * Reads the JSON number at `from` into `target[index]`, as exactly the double that `JSON.parse` makes of it, and
 * returns the position after it; -1 if there is no number, or it exceeds the range of doubles. `bytes` must not end
 * within it.
 */
export function readNumber(bytes: Buffer, from: number, target: Float64Array, index: number): number {
  let at = from;
  let c = bytes[at] as number;
  const isNegative = c === MINUS;
  if (isNegative) c = bytes[++at] as number;
  const start = at;
  let end = start + GROUP_DIGITS;
  let digits = 0;
  while (isDigit(c) && at < end) {
    digits = (digits * 10 + c - ZERO) | 0;
    c = bytes[++at] as number;
  }
  if (at === start || (bytes[start] === ZERO && at !== start + 1)) return -1;
  let dot = -1;
  let scale = 0;
  if (c === DOT) {
    dot = at;
    end++;
    c = bytes[++at] as number;
    while (isDigit(c) && at < end) {
      digits = (digits * 10 + c - ZERO) | 0;
      c = bytes[++at] as number;
    }
    scale = at - dot - 1;
    if (scale === 0 && !isDigit(c)) return -1;
  }
  if (isDigit(c) || c === DOT || c === LOWER_E || c === UPPER_E) {
    return readLong(bytes, from, target, index, at, digits, dot);
  }
  const value = scale > 0 ? digits / (POWERS[scale] as number) : digits;
  target[index] = isNegative ? -value : value;
  return at;
}

/** Continues after the first nine digits; `dotBefore` is the position of the dot among them, -1 if there is none. */
function readLong(
  bytes: Buffer,
  from: number,
  target: Float64Array,
  index: number,
  next: number,
  first: number,
  dotBefore: number,
): number {
  let at = next;
  let c = bytes[at] as number;
  let end = at + GROUP_DIGITS;
  let second = 0;
  while (isDigit(c) && at < end) {
    second = (second * 10 + c - ZERO) | 0;
    c = bytes[++at] as number;
  }
  let dot = dotBefore;
  let digits = at - next;
  if (c === DOT && dot < 0) {
    dot = at;
    end++;
    c = bytes[++at] as number;
    if (!isDigit(c)) return -1;
    while (isDigit(c) && at < end) {
      second = (second * 10 + c - ZERO) | 0;
      c = bytes[++at] as number;
    }
    digits = at - next - 1;
  }
  if (isDigit(c) || c === LOWER_E || c === UPPER_E) return readAny(bytes, from, target, index);
  const power = POWERS[digits] as number;
  const scale = dot < 0 ? 0 : at - dot - 1;
  const whole = first * power + second;
  const value =
    whole < EXACT_BELOW ? whole / (POWERS[scale] as number) : divided(first, second, power, scale);
  if (value !== value) return readAny(bytes, from, target, index);
  target[index] = bytes[from] === MINUS ? -value : value;
  return at;
}

/** Reads any number with the engine's own parser. */
function readAny(bytes: Buffer, from: number, target: Float64Array, index: number): number {
  let at = from;
  for (;;) {
    const c = bytes[at] as number;
    if (!isDigit(c) && c !== DOT && c !== MINUS && c !== PLUS && c !== LOWER_E && c !== UPPER_E) break;
    at++;
  }
  const text = bytes.toString('latin1', from, at);
  const value = JSON_NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) return -1;
  target[index] = value;
  return at;
}

export function isDigit(c: number): boolean {
  return c >= ZERO && c <= NINE;
}

/**
 * Returns `(first * power + second) / 10^scale`, where both parts are below 10^9 and the dividend is 2^53 or more; NaN
 * if two doubles are not precise enough to choose the nearest double. Exact sums and products after Dekker (Numerische
 * Mathematik 18, 1971).
 */
function divided(first: number, second: number, power: number, scale: number): number {
  // The dividend is `high + low`, exactly: neither product has more than 45 bits.
  const upper = (first >>> 15) * power * 32_768;
  const lower = (first & 32_767) * power + second;
  const high = upper + lower;
  const low = lower - (high - upper);
  const divisor = POWERS[scale] as number;
  const divisorHigh = POWERS_HIGH[scale] as number;
  const divisorLow = POWERS_LOW[scale] as number;
  const quotient = high / divisor;
  const split = SPLITTER * quotient;
  const quotientHigh = split - (split - quotient);
  const quotientLow = quotient - quotientHigh;
  const product = quotient * divisor;
  const beyond =
    quotientHigh * divisorHigh -
    product +
    quotientHigh * divisorLow +
    quotientLow * divisorHigh +
    quotientLow * divisorLow;
  const rest = (high - product - beyond + low) / divisor;
  const least = quotient + rest * (1 - SLACK);
  return least === quotient + rest * (1 + SLACK) ? least : Number.NaN;
}
