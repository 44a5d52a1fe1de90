/** A value that matters: where an alert fires, what a device must not exceed. A line across the plot. */
export interface ChartThreshold {
  /** In the chart's unit. */
  value: number;
  level: 'info' | 'warning' | 'error';
  /** Beside the line, and in the chart's text; empty for none. */
  label: string;
}
