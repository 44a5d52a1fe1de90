import type { Fault } from '@shared/errors';
import type { Precision } from './said-time';

/** Who a reading is from, in the sender's own words. */
export interface Sender {
  /** Where it names only itself, its name. */
  readonly id: string;
  readonly name: string;
}

/** Values that were read together, from one sender. */
export interface Reading {
  /** Null: the text does not say; the connection or request speaks for itself. */
  readonly sender: Sender | null;
  /** Ms since the epoch, as it was said; null when no time, or none that can be right, was said. */
  readonly time: number | null;
  /** By series key (`formatSeriesKey`). Null: known not to be a number. */
  readonly values: Record<string, number | boolean | null>;
  /** Texts by name: states such as `"door": "open"`. */
  readonly states: Record<string, string>;
  /** It may have waited in its sender's buffer: its time is taken as it was said, whatever its neighbours' times say. */
  readonly mayBeBuffered?: boolean;
}

/** Words for the event log. */
export interface SaidEvent {
  readonly sender: Sender | null;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** What was understood of one text, and what was not. */
export interface Parsed {
  readings: Reading[];
  events: SaidEvent[];
  /** What was left out or guessed: one fault for each kind, which names the first place. */
  remarks: Fault[];
}

export interface DialectContext {
  /** When the text came, ms since the epoch: times are judged by it. */
  readonly now: number;
  /** The most values that one object, or one line, may carry. */
  readonly maxValues: number;
  /** The unit of times, where the sender declared it. */
  readonly precision: Precision | null;
}

/**
 * A way of writing samples as text. Both functions are pure and never throw. `parse` keeps what is good and says
 * what is not; it is asked only for texts that `identify` takes.
 */
export interface Dialect {
  readonly name: string;
  /**
   * Whether its times may be wrong because the sender's clock is. Line protocol comes from programs that keep what
   * they could not send, so its times are taken as they are.
   */
  readonly mayHaveWrongClock: boolean;
  identify(text: string): boolean;
  parse(text: string, context: DialectContext): Parsed;
}

export function nothing(): Parsed {
  return { readings: [], events: [], remarks: [] };
}

/** Adds a remark unless there is one of its kind: the first place is the one to look at. */
export function remark(parsed: Parsed, code: string, message: string): void {
  if (!parsed.remarks.some((known) => known.code === code)) parsed.remarks.push({ code, message });
}

/** A value that stands for no number, such as the text "nan". */
export function remarkNotANumber(parsed: Parsed, name: string, token: string): void {
  remark(
    parsed,
    'NOT_A_NUMBER',
    `"${token.slice(0, 40)}" of "${name.slice(0, 80)}" is not a number: it was taken as no value. Send null, or leave it out.`,
  );
}
