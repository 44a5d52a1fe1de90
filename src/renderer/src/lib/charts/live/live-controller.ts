import { Chart, DatasetController, Element, type ChartComponent } from 'chart.js';

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

/** Chart.js wants every controller to name an element; none is ever made. */
class LiveElement extends Element {
  static readonly id = 'liveElement';
}

/**
 * Paints straight from typed arrays. Chart.js keeps the canvas, its size and its resolution; parsing, elements
 * and scales are left out, because they cost more than everything that is seen.
 */
class LiveController extends DatasetController<'live'> {
  static readonly id = 'live';
  static readonly defaults = { datasetElementType: false, dataElementType: LiveElement.id };
  static readonly overrides = { scales: {} };

  override linkScales(): void {}
  override addElements(): void {}
  override buildOrUpdateElements(): void {}
  override parse(): void {}
  override update(): void {}
  override reset(): void {}
  override getMaxOverflow(): number {
    return 0;
  }

  override draw(): void {
    (this.getDataset() as unknown as { picture: LivePicture }).picture.draw(this.chart);
  }
}

Chart.register(LiveElement as unknown as ChartComponent, LiveController as unknown as ChartComponent);
