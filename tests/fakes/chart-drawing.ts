import type { ChartMark } from '../../src/renderer/src/lib/charts/axes/marks';
import type { Viewport } from '../../src/renderer/src/lib/charts/raster/polyline';
import type { ChartThreshold } from '../../src/renderer/src/lib/charts/axes/thresholds';

/** One line of a drawing: samples, columns of history, or raw columns with missing numbers. */
export interface DrawnSeries {
  samples?: readonly (readonly [number, number])[];
  /** Each column is time, mean, lowest, highest. */
  rolled?: { bucketMs: number; columns: readonly (readonly [number, number, number, number])[] };
  /** Values as they are, without gaps; `null` stands for NaN. */
  raw?: readonly (readonly [number, number | null])[];
  dashed?: boolean;
  /** Its look; by default, colours follow the position. */
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
  /** By series, then by column from the left: the first and last row with the series' colour, or null. */
  lines: ([number, number] | null)[][];
  /** The same for a faint trace of the colour: areas and bands. */
  areas: ([number, number] | null)[][];
  /** Rows in which most pixels have the colour of a threshold of level `error`. */
  thresholdRows: number[];
}
