import type { EventLevel } from '@shared/model';

/** Something that happened, shown on the time axis. */
export interface ChartMark {
  /** ms since the epoch */
  at: number;
  level: EventLevel;
  text: string;
  /** Written by the user. */
  note: boolean;
}
