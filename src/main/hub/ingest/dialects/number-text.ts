import { remark, type Parsed } from './dialect';

/** A number written as a string, as many sensor libraries do. */
const NUMERIC = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
/**
 * The most digits that a double always holds exactly. Longer numbers are serial numbers, and so are those with leading
 * zeros.
 */
const MOST_DIGITS = 15;
const SERIAL = /^\s*[+-]?0\d/;
/** Spellings of NaN and infinity in various programs. */
export const NOT_FINITE =
  /^\s*[+-]?(?:nan(?:\([^)]{0,20}\))?|inf(?:inity)?|ovf|#inf|1\.#(?:inf|ind|qnan)\d*)\s*$/i;
/** One comma, which can only be a decimal one unless exactly three digits follow one to three others. */
const ONE_COMMA = /^([+-]?)(\d+),(\d+)$/;
/** Groups of three digits and a decimal sign that differs from what separates them. */
const GROUPED = /^[+-]?\d{1,3}(?:(?:,\d{3})+\.|(?:\.\d{3})+,|(?:[ '\u00a0\u202f]\d{3})+[.,])\d+$/;
/** Groups of three digits alone: thousands, or decimals, or a list. */
const GROUPS_ALONE = /^[+-]?\d{1,3}(?:,\d{3})+$/;

/** How a text with commas or groups of digits was understood; the value is null where it may be several numbers. */
export interface DoubtfulNumber {
  name: string;
  token: string;
  value: number | null;
}

/** Returns the number that a text stands for; NaN for a word such as `nan`, null for any other text. */
export function numberOfText(text: string): number | null {
  if (NOT_FINITE.test(text)) return Number.NaN;
  if (!NUMERIC.test(text) || SERIAL.test(text)) return null;
  return text.replace(/e.*/i, '').replace(/\D/g, '').length > MOST_DIGITS && !text.includes('.')
    ? null
    : Number(text);
}

/**
 * Reads a number as people in other countries write it (`21,5`, `1.234,5`, `1,234.5`), which is a guess. Returns a value
 * of null where it could be several numbers (`1,234`), and null for any other text.
 */
export function doubtfulNumber(name: string, said: string): DoubtfulNumber | null {
  const token = said.trim();
  if (token.length > 40 || SERIAL.test(token)) return null;
  if (GROUPED.test(token)) {
    const decimalAt = Math.max(token.lastIndexOf('.'), token.lastIndexOf(','));
    const whole = token.slice(0, decimalAt).replace(/[^\d+-]/g, '');
    return bounded(name, token, `${whole}.${token.slice(decimalAt + 1)}`);
  }
  const [, sign = '', whole = '', fraction = ''] = ONE_COMMA.exec(token) ?? [];
  const isDecimal = whole === '0' || whole.length > 3 || fraction.length !== 3;
  if (whole !== '' && isDecimal) return bounded(name, token, `${sign}${whole}.${fraction}`);
  return GROUPS_ALONE.test(token) ? { name, token, value: null } : null;
}

function bounded(name: string, token: string, digits: string): DoubtfulNumber | null {
  return digits.replace(/\D/g, '').length > MOST_DIGITS ? null : { name, token, value: Number(digits) };
}

/** Adds a remark about a number that was guessed, or that could not be. */
export function remarkDoubtful(parsed: Parsed, { name, token, value }: DoubtfulNumber): void {
  const said = `"${token}" of "${name.slice(0, 80)}"`;
  if (value === null) {
    remark(
      parsed,
      'NUMBER_AMBIGUOUS',
      `${said} may have a decimal comma or separate thousands, so it was kept as a text. Send digits with a decimal point.`,
    );
  } else {
    remark(
      parsed,
      'NUMBER_GUESSED',
      `${said} was read as ${value}. To be sure, send digits with a decimal point, without a comma.`,
    );
  }
}
