import type { Fault } from '@shared/errors';
import type { SeriesDraft } from '../../series/series-table';
import type { Precision } from './said-time';

/** The sender of a reading, by its own account. */
export interface Sender {
  /** The sender's id; its name if it sends only a name. */
  readonly id: string;
  readonly name: string;
}

/** Values from one sender that were read together. */
export interface Reading {
  /** Null if the text names no sender; the connection or request then identifies it. */
  readonly sender: Sender | null;
  /** The time as it was sent, ms since the epoch; null if there is none, or none that can be right. */
  readonly time: number | null;
  /** Values by series key (`formatSeriesKey`). Null means that the value was not a number. */
  readonly values: Record<string, number | boolean | null>;
  /** Texts by name: states such as `"door": "open"`. */
  readonly states: Record<string, string>;
  /**
   * Whether it may come from a buffer in the sender. Its time is then accepted unchanged, whatever the times around it.
   */
  readonly mayBeBuffered?: boolean;
  /** What the text says of its series beside their names, such as their units. */
  readonly drafts?: readonly SeriesDraft[];
}

/** A text for the event log. */
export interface SaidEvent {
  readonly sender: Sender | null;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** The result of parsing one text. */
export interface Parsed {
  readings: Reading[];
  events: SaidEvent[];
  /** Parts that were left out or guessed: one fault of each kind, which names the first place. */
  remarks: Fault[];
}

export interface DialectContext {
  /** When the text arrived, ms since the epoch. Times in it are compared with this. */
  readonly now: number;
  /** The most values that one object, or one line, may contain. */
  readonly maxValues: number;
  /** The unit of times, if the sender declared it. */
  readonly precision: Precision | null;
}

/**
 * A format in which samples are written as text. Both functions are pure and never throw. `parse` keeps the good parts
 * and reports the bad ones; it is only called with texts that `identify` accepts.
 */
export interface Dialect {
  readonly name: string;
  /**
   * Whether its times may come from a wrong clock. Line protocol comes from programs that buffer unsent data, so its
   * times are accepted unchanged.
   */
  readonly mayHaveWrongClock: boolean;
  identify(text: string): boolean;
  parse(text: string, context: DialectContext): Parsed;
}

export function nothing(): Parsed {
  return { readings: [], events: [], remarks: [] };
}

/** Adds a remark unless there is already one with this code, because the first place is the most useful. */
export function remark(parsed: Parsed, code: string, message: string): void {
  if (!parsed.remarks.some((known) => known.code === code)) parsed.remarks.push({ code, message });
}

/** Adds a remark about a value that is not a number, such as the text "nan". */
export function remarkNotANumber(parsed: Parsed, name: string, token: string): void {
  remark(
    parsed,
    'NOT_A_NUMBER',
    `"${token.slice(0, 40)}" of "${name.slice(0, 80)}" is not a number: it was taken as no value. Send null, or leave it out.`,
  );
}
