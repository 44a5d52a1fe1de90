import { Chart, DatasetController, PointElement, type ChartComponent } from 'chart.js';

/** What a chart of type `live` paints: everything inside its chart area, as one. */
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
 * canvas has to be painted anew. The dataset has no data, so there is nothing to parse and no element to build: that
 * would cost more than everything that is seen (`docs/decisions/chart-js.md`).
 */
class LiveController extends DatasetController<'live'> {
  static readonly id = 'live';
  // Chart.js looks up an element for every controller; none of this one is ever made.
  static readonly defaults = { datasetElementType: false, dataElementType: PointElement.id };
  static readonly overrides = { scales: {} };

  override draw(): void {
    (this.getDataset() as unknown as { picture: LivePicture }).picture.draw(this.chart);
  }
}

Chart.register(PointElement, LiveController as unknown as ChartComponent);
