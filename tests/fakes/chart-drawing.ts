import type { ChartMark } from '../../src/renderer/src/lib/charts/axes/marks';
import type { Viewport } from '../../src/renderer/src/lib/charts/raster/polyline';
import type { ChartThreshold } from '../../src/renderer/src/lib/charts/axes/thresholds';

/** One line of a drawing: samples, columns of history, or columns that hold no numbers in places. */
export interface DrawnSeries {
  samples?: readonly (readonly [number, number])[];
  /** Time, mean, lowest, highest. */
  rolled?: { bucketMs: number; columns: readonly (readonly [number, number, number, number])[] };
  /** As they are, without a gap anywhere: `null` is not a number. */
  raw?: readonly (readonly [number, number | null])[];
  dashed?: boolean;
  /** Its look; colours by place where none is given. */
  look?: number;
}

export interface Drawing {
  series: readonly DrawnSeries[];
  from: number;
  to: number;
  style?: 'line' | 'stack';
  stepped?: boolean;
  unit?: string;
  min?: number | null;
  max?: number | null;
  marks?: readonly ChartMark[];
  thresholds?: readonly ChartThreshold[];
}

export interface Picture {
  view: Viewport;
  width: number;
  height: number;
  /** By series, by column from the left: the first and the last row that has its colour, or null. */
  lines: ([number, number] | null)[][];
  /** The same for a faint trace of its colour: areas and bands. */
  areas: ([number, number] | null)[][];
  /** Rows in which most pixels have the colour of a threshold at level `error`. */
  thresholdRows: number[];
}
