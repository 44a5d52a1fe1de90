import { fail, succeed, type Result } from '@shared/errors';

/** The unit in which a sender counts time since 1970. */
export type Precision = 'h' | 'min' | 's' | 'ms' | 'us' | 'ns';

export const MS_PER: Readonly<Record<Precision, number>> = {
  h: 3_600_000,
  min: 60_000,
  s: 1_000,
  ms: 1,
  us: 1e-3,
  ns: 1e-6,
};
/** The units to try if the sender declares none. */
const UNITS: readonly Precision[] = ['s', 'ms', 'us', 'ns'];
const NAMES: Readonly<Record<Precision, string>> = {
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
};
const DAY_MS = 86_400_000;
/** Earlier times come from clocks that were never set. */
const YEAR_2000 = Date.UTC(2000, 0, 1);
/** A time this far back, in an undeclared unit, may be a count since the sender started. */
const DOUBTFUL_AFTER_MS = 365 * DAY_MS;
/**
 * ISO 8601 in its extended and its basic form; a space is allowed instead of the T, and the zone may be missing, which
 * means UTC.
 */
const ISO =
  /^(\d{4})(-?)(\d{2})\2(\d{2})[T ](\d{2})(:?)(\d{2})(?:\6(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?)?$/i;
const DIGITS = /^[+-]?\d{1,20}(\.\d{0,15})?(e[+-]?\d{1,2})?$/i;

export interface SaidTime {
  /** Ms since the epoch; null if the arrival time should be used. */
  time: number | null;
  /** A warning for the sender about this time. */
  doubt: { code: string; message: string } | null;
}

/**
 * Reads a time that a sender wrote: a count of s, ms, µs or ns since 1970, as a number or as digits in a string, or ISO
 * 8601. A declared unit is used as it is. Otherwise the unit is the only one that gives a time between 2000 and a day
 * after `now` (those ranges do not overlap). If no unit does, the arrival time counts and `doubt` says so. `doubt` also
 * names the unit if the result is more than a year back. Fails with `BAD_TIME` for anything that is not a time.
 */
export function readTime(said: unknown, precision: Precision | null, now: number): Result<SaidTime> {
  if (typeof said === 'string') {
    const text = said.trim();
    if (DIGITS.test(text)) return readTime(Number(text), precision, now);
    const time = parseIso(text);
    return Number.isNaN(time)
      ? fail('BAD_TIME', `"${text.slice(0, 40)}" is not a time.`)
      : succeed(plausible(time, `"${text}"`, now));
  }
  if (typeof said !== 'number' || !Number.isFinite(said)) return fail('BAD_TIME', 'A time must be a number.');
  if (precision !== null) {
    const time = Math.round(said * MS_PER[precision]);
    return succeed(plausible(time, `${said} ${NAMES[precision]}`, now));
  }
  const unit = unitOf(said, now);
  if (unit !== null) {
    const time = Math.round(said * MS_PER[unit]);
    const isDoubtful = now - time > DOUBTFUL_AFTER_MS;
    return succeed({ time, doubt: isDoubtful ? new UnitGuess(said, unit, time) : null });
  }
  return succeed({
    time: null,
    doubt: {
      code: 'TIME_NOT_UNDERSTOOD',
      message: `The time ${said} is no time since 2000 in seconds, milliseconds, microseconds or nanoseconds, so the time of arrival is used.`,
    },
  });
}

/** The unit in which a number is a time between 2000 and a day after `now`; null if there is none. */
export function unitOf(said: number, now: number): Precision | null {
  for (const unit of UNITS) {
    const time = Math.round(said * MS_PER[unit]);
    if (time >= YEAR_2000 && time <= now + DAY_MS) return unit;
  }
  return null;
}

/** Returns ms since the epoch; NaN for a text that is not a time. */
function parseIso(text: string): number {
  const [, year, , month, day, hour, , minute, second = '00', fraction = '0', zone = 'Z'] =
    ISO.exec(text) ?? [];
  if (year === undefined) return Number.NaN;
  const [, sign, zoneHour, zoneMinute = '00'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  const offset = sign === undefined ? 'Z' : `${sign}${zoneHour}:${zoneMinute}`;
  // As in POSIX, a leap second is the second after it.
  const isLeap = second === '60';
  const time = Date.parse(
    `${year}-${month}-${day}T${hour}:${minute}:${isLeap ? '59' : second}.${fraction}${offset}`,
  );
  return isLeap ? time + 1_000 : time;
}

function plausible(time: number, words: string, now: number): SaidTime {
  if (time >= YEAR_2000 && time <= now + DAY_MS) return { time, doubt: null };
  const where = time < YEAR_2000 ? 'before the year 2000' : 'more than a day ahead';
  return {
    time: time < YEAR_2000 ? null : time,
    doubt:
      time < YEAR_2000
        ? {
            code: 'TIME_NOT_UNDERSTOOD',
            message: `The time ${words} is ${where}: the clock was not set yet, so the time of arrival is used.`,
          }
        : null,
  };
}

/** Makes its sentence only when it is read: an import of old samples has a guess for each of them, and reads none. */
class UnitGuess {
  readonly code = 'TIME_UNIT_GUESSED';
  readonly #said: number;
  readonly #unit: Precision;
  readonly #time: number;

  constructor(said: number, unit: Precision, time: number) {
    this.#said = said;
    this.#unit = unit;
    this.#time = time;
  }

  get message(): string {
    const iso = new Date(this.#time).toISOString();
    return `The time ${this.#said} was read as ${NAMES[this.#unit]} since 1970, which is ${iso}. If that is wrong, send milliseconds since 1970, or no time.`;
  }
}
