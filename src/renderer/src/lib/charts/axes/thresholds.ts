/** A line across the plot at a value that matters, such as the level at which an alert fires. */
export interface ChartThreshold {
  /** In the chart's unit. */
  value: number;
  level: 'info' | 'warning' | 'error';
  /** Shown beside the line and included in the chart's text; empty for none. */
  label: string;
}
