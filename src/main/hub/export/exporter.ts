import { FaultError } from '@shared/errors';
import { BOM, CSV_HEADER, csvCell, formatLabels, formatTime } from '@shared/export/csv';
import type { ExportQuery, ExportSource, SeriesHead } from './export-contract';
import { exportSheet } from './sheet-exporter';
import { ndjsonColumns, ndjsonHead } from './ndjson';
import { formatNumber } from '@shared/export/number-text';

/** Samples per text: about 100 KB, produced in a few ms. */
const SAMPLES_A_TEXT = 2_048;
/** The number of series read at a time. */
const SERIES_A_READ = 64;

/**
 * Exports every sample of a range as CSV or NDJSON, text by text, each produced on demand, so memory does not grow
 * with the range. Ending the iteration or aborting `signal` stops the reading. Before the first text it throws a
 * `FaultError`: `NO_SUCH_DEVICE`, or the store's error.
 */
export async function* exportSamples(
  source: ExportSource,
  query: ExportQuery,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  if (query.sheet) {
    yield* exportSheet(source, query, query.sheet, signal);
    return;
  }
  await source.prepare();
  const devices = query.device === undefined ? [...source.deviceIds()] : [query.device];
  if (query.device !== undefined && source.seriesOf(query.device) === null) {
    throw new FaultError('NO_SUCH_DEVICE', 'Device not found.');
  }
  let isFirst = true;
  // The header is sent with the first samples, so that read errors occur before anything is sent.
  const header = query.format === 'csv' ? `${query.bom ? BOM : ''}${CSV_HEADER}` : '';
  for (const device of devices) {
    for await (const text of deviceTexts(source, device, query, signal)) {
      yield isFirst ? header + text : text;
      isFirst = false;
    }
  }
  if (isFirst) yield header;
}

async function* deviceTexts(
  source: ExportSource,
  device: string,
  query: ExportQuery,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const { metric } = query;
  const series = (source.seriesOf(device) ?? []).filter(
    (one) => metric === undefined || one.metric === metric,
  );
  for (let start = 0; start < series.length; start += SERIES_A_READ) {
    const some = series.slice(start, start + SERIES_A_READ);
    const writers = new Map(some.map((one) => [one.id, createWriter(one, query)]));
    for await (const { series: id, t, v } of source.read(some, query, signal)) {
      const write = writers.get(id);
      if (!write || !v) continue;
      for (let row = 0; row < t.length; row += SAMPLES_A_TEXT) {
        signal?.throwIfAborted();
        const text = write(t, v, row, Math.min(row + SAMPLES_A_TEXT, t.length));
        if (text !== '') yield text;
      }
    }
  }
}

type Writer = (t: Float64Array, v: Float64Array, start: number, end: number) => string;

function createWriter(series: SeriesHead, { format, raw, time }: ExportQuery): Writer {
  const isRate = series.kind === 'counter' && !raw;
  const unit = isRate ? unitPerSecond(series.unit) : series.unit;
  if (format === 'ndjson') {
    const head = ndjsonHead(series, unit, isRate);
    return (t, v, start, end) => head + ndjsonColumns(t, v, start, end);
  }
  const { device, metric, labels } = series;
  const middle = [device, metric, formatLabels(labels), unit].map(csvCell).join(',');
  return (t, v, start, end) => {
    let rows = '';
    for (let i = start; i < end; i++) {
      const value = v[i] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      rows += `${formatTime(t[i] ?? 0, time)},${middle},${formatNumber(value)}\r\n`;
    }
    return rows;
  };
}

/** The UCUM unit of a rate. */
function unitPerSecond(unit: string): string {
  return `${unit === '' ? '1' : unit}/s`;
}
