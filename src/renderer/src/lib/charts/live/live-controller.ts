import { Chart, DatasetController, PointElement, type ChartComponent } from 'chart.js';

/** Everything that a chart of type `live` paints inside its chart area. */
export interface LivePicture {
  draw(chart: Chart): void;
}

declare module 'chart.js' {
  interface ChartTypeRegistry {
    live: {
      chartOptions: object;
      datasetOptions: { picture: LivePicture; clip: false };
      defaultDataPoint: never;
      metaExtensions: object;
      parsedDataType: never;
      scales: never;
    };
  }
}

/**
 * Paints straight from typed arrays. Chart.js keeps the canvas, its size and its resolution, and calls `draw` when the
 * canvas must be painted. The dataset is empty, so nothing is parsed and no elements are built: that would cost more
 * than the drawing itself (`docs/decisions/chart-js.md`).
 */
class LiveController extends DatasetController<'live'> {
  static readonly id = 'live';
  // Chart.js looks up an element type for every controller; this controller never creates one.
  static readonly defaults = { datasetElementType: false, dataElementType: PointElement.id };
  static readonly overrides = { scales: {} };

  override draw(): void {
    (this.getDataset() as unknown as { picture: LivePicture }).picture.draw(this.chart);
  }
}

Chart.register(PointElement, LiveController as unknown as ChartComponent);
