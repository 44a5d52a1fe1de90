import { FaultError } from '@shared/errors';
import { BOM, csvCell, formatLabels } from '@shared/export/csv';
import { formatLocal, type LocalFormat } from '@shared/export/local-time-text';
import { unitText } from '@shared/metrics/unit-styles';
import type { ExportQuery, ExportSource, SeriesHead } from './export-contract';

/** The most columns: what spreadsheets and people can still handle. */
const MAX_COLUMNS = 200;
/** Rows are merged in windows of time that hold about this many values, so that memory does not grow with the range. */
const VALUES_A_WINDOW = 200_000;
const FIRST_WINDOW_MS = 3_600_000;
const SHORTEST_WINDOW_MS = 60_000;
const LONGEST_WINDOW_MS = 366 * 86_400_000;
/** A rate needs the reading before its window, ms. */
const LOOK_BACK_MS = 300_000;
const ROWS_A_TEXT = 2_048;

/**
 * Exports samples as a table for a spreadsheet: a row for each time, in local time, and a column for each series. A cell is
 * empty where its series has no sample at that very time. Before the first text it throws a `FaultError`:
 * `NO_SUCH_DEVICE`, `TOO_MANY_SERIES`, or the store's error.
 */
export async function* exportSheet(
  source: ExportSource,
  query: ExportQuery,
  format: LocalFormat,
  signal?: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  await source.prepare();
  const heads = headsOf(source, query);
  if (heads.length > MAX_COLUMNS) {
    throw new FaultError(
      'TOO_MANY_SERIES',
      `A table has at most ${MAX_COLUMNS} series, and these are ${heads.length}. Choose one metric.`,
    );
  }
  const several = new Set(heads.map(({ device }) => device)).size > 1;
  const { separator } = format;
  const cell = (text: string) => sheetCell(text, separator);
  const titles = heads.map((head) => cell(titleOf(head, query.raw, several)));
  let text = `${query.bom ? BOM : ''}${[cell(`Time (${format.zone})`), ...titles].join(separator)}\r\n`;
  const place = new Map(heads.map(({ id }, i) => [id, i]));
  let windowMs = FIRST_WINDOW_MS;
  for (let from = query.from; from < query.to && heads.length > 0;) {
    const to = Math.min(query.to, from + windowMs);
    const rows = new Map<number, Float64Array>();
    let values = 0;
    const range = { from: Math.max(query.from, from - (query.raw ? 0 : LOOK_BACK_MS)), to, raw: query.raw };
    for await (const { series, t, v } of source.read(heads, range, signal)) {
      const column = place.get(series);
      if (column === undefined || !v) continue;
      for (let i = 0; i < t.length; i++) {
        const time = t[i] ?? Number.NaN;
        const value = v[i] ?? Number.NaN;
        if (time < from || !Number.isFinite(value)) continue;
        let row = rows.get(time);
        if (!row) rows.set(time, (row = new Float64Array(heads.length).fill(Number.NaN)));
        row[column] = value;
        values++;
      }
    }
    let written = 0;
    for (const time of [...rows.keys()].sort((a, b) => a - b)) {
      const row = rows.get(time) ?? new Float64Array();
      text += `${formatLocal(time, format)}${rowText(row, format)}\r\n`;
      if (++written % ROWS_A_TEXT > 0) continue;
      signal?.throwIfAborted();
      yield text;
      text = '';
    }
    from = to;
    if (values > VALUES_A_WINDOW) windowMs = Math.max(SHORTEST_WINDOW_MS, windowMs / 2);
    else if (values < VALUES_A_WINDOW / 4) windowMs = Math.min(LONGEST_WINDOW_MS, windowMs * 2);
  }
  if (text !== '') yield text;
}

function headsOf(source: ExportSource, { device, metric }: ExportQuery): SeriesHead[] {
  const ids = device === undefined ? [...source.deviceIds()] : [device];
  return ids.flatMap((id) => {
    const found = source.seriesOf(id);
    if (found === null && device !== undefined) throw new FaultError('NO_SUCH_DEVICE', 'Device not found.');
    return (found ?? []).filter((one) => metric === undefined || one.metric === metric);
  });
}

/** `nas system.cpu.utilization (cpu.mode=user) [%]`; the device only if there are several. */
function titleOf({ device, metric, labels, unit, kind }: SeriesHead, raw: boolean, several: boolean): string {
  const words = formatLabels(labels);
  const shown = unitText(unit);
  const perSecond = kind === 'counter' && !raw ? '/s' : '';
  const inUnit = shown === '' && perSecond === '' ? '' : ` [${shown === '' ? '1' : shown}${perSecond}]`;
  return `${several ? `${device} ` : ''}${metric}${words === '' ? '' : ` (${words})`}${inUnit}`;
}

function rowText(row: Float64Array, { separator, decimal }: LocalFormat): string {
  let text = '';
  for (const value of row) {
    text += separator;
    if (!Number.isNaN(value)) text += decimal === '.' ? String(value) : String(value).replace('.', decimal);
  }
  return text;
}

/** A cell of a file whose separator may be a semicolon or a tab. */
function sheetCell(text: string, separator: string): string {
  const safe = csvCell(text);
  return safe.includes(separator) && !safe.startsWith('"') ? `"${safe.replaceAll('"', '""')}"` : safe;
}
