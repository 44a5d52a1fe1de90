import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import type { Signal } from './signals';

/** Series of a simulated device that are computed together. */
export interface Part {
  declarations: SeriesDeclaration[];
  /** Writes one value per declaration into `row`, starting at `at`; `seconds` is the time since the epoch. */
  fill(seconds: number, row: (number | null)[], at: number): void;
}

/** Makes a part whose series are independent of each other. */
export function partOf(series: readonly (readonly [SeriesDeclaration, Signal])[]): Part {
  return {
    declarations: series.map(([declaration]) => declaration),
    fill(seconds, row, at) {
      for (const [, signal] of series) row[at++] = signal(seconds);
    },
  };
}

/** Combines several parts into one. */
export function joinParts(parts: readonly Part[]): Part {
  return {
    declarations: parts.flatMap((part) => part.declarations),
    fill(seconds, row, at) {
      for (const part of parts) {
        part.fill(seconds, row, at);
        at += part.declarations.length;
      }
    },
  };
}
