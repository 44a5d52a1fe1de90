import type { Fault } from '@shared/errors';
import type { EventInfo } from '@shared/model';
import type { Series } from './series';

/** Receives the rows of one key set on their way to disk. */
export interface RowRecorder {
  /** Adds a row: `cells[from … to)`, one per series; NaN and missing cells mean no value. */
  append(time: number, cells: Float64Array, from: number, to: number): void;
}

/**
 * Receives ingest's reports for history. With `--store memory` there is no receiver, and everything counts as durable
 * at once.
 */
export interface Recorder {
  readonly keepsHistory: boolean;
  /**
   * Null while reports are stored. Otherwise the fault to report to the sender; none of its data may be acknowledged.
   */
  readonly notStored: Fault | null;
  /** The number of the commit that will hold anything reported now; the numbers rise. */
  readonly gathering: number;
  /** The number of the latest commit on disk; equals `gathering` if nothing has to wait. */
  readonly durable: number;
  series(series: Series): void;
  rows(device: string, series: readonly Series[]): RowRecorder | null;
  mark(device: string, stream: string, seq: number): void;
  event(event: EventInfo): void;
  /** Runs `run` once everything reported so far is durable; never if that fails. */
  whenDurable(run: () => void): void;
}

export const memoryRecorder: Recorder = {
  keepsHistory: false,
  notStored: null,
  gathering: 0,
  durable: 0,
  series() {},
  rows: () => null,
  mark() {},
  event() {},
  whenDurable: (run) => run(),
};
