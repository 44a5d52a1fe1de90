import type { EventInfo } from '@shared/model';
import type { Series } from './series';

/** Takes the rows of one key set on their way to disk. */
export interface RowRecorder {
  /** `cells[from … to)`, one a series; NaN and what is beyond is no value. */
  append(time: number, cells: Float64Array, from: number, to: number): void;
}

/** What ingest tells history. With `--store memory` nobody listens and everything counts as kept at once. */
export interface Recorder {
  readonly keepsHistory: boolean;
  /** The number of the commit that will hold what is told now; commits count up. */
  readonly gathering: number;
  /** The highest commit that is on disk. Equal to `gathering` where nothing has to wait. */
  readonly durable: number;
  series(series: Series): void;
  rows(device: string, series: readonly Series[]): RowRecorder | null;
  mark(device: string, stream: string, seq: number): void;
  event(event: EventInfo): void;
  /** Runs once everything told so far is durable; never if it cannot be made so. */
  whenDurable(run: () => void): void;
}

export const memoryRecorder: Recorder = {
  keepsHistory: false,
  gathering: 0,
  durable: 0,
  series() {},
  rows: () => null,
  mark() {},
  event() {},
  whenDurable: (run) => run(),
};
