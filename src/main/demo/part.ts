import type { SeriesDeclaration } from '@shared/protocol/agent-messages';
import type { Signal } from './signals';

/** Series of a simulated device that are worked out together. */
export interface Part {
  declarations: SeriesDeclaration[];
  /** Puts one value a declaration into `row` from `at` on; `seconds` is the time since the epoch. */
  fill(seconds: number, row: (number | null)[], at: number): void;
}

/** A part whose series do not depend on each other. */
export function partOf(series: readonly (readonly [SeriesDeclaration, Signal])[]): Part {
  return {
    declarations: series.map(([declaration]) => declaration),
    fill(seconds, row, at) {
      for (const [, signal] of series) row[at++] = signal(seconds);
    },
  };
}

/** Several parts as one. */
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
