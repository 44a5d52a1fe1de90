import { csvCell, CSV_HEADER, formatLabels, formatTime } from '@shared/export/csv';
import type { SampleColumns } from '../hub/sample-source';
import type { Line } from './lines';

/** A line, its name in a file, and its content. */
export interface ShownLine {
  line: Line;
  /** The device, or the components of an aggregate. */
  device: string;
  columns: SampleColumns;
}

export type ShownFormat = 'csv' | 'ndjson';

/** Rows per piece of text, so that a long file does not have to be one string. */
const ROWS_PER_PIECE = 5_000;

/**
 * Writes the visible lines to a file, with the columns of the hub's own exports. Values are as drawn: for long ranges
 * they are means, with the lowest and highest values beside them. Ranges are `[from, to]`.
 */
export function* exportShown(
  lines: readonly ShownLine[],
  from: number,
  to: number,
  format: ShownFormat,
): Generator<string, void, undefined> {
  const hasExtremes = lines.some(({ columns }) => columns.min !== undefined);
  if (format === 'csv') yield hasExtremes ? CSV_HEADER.replace('value', 'value,min,max') : CSV_HEADER;
  for (const { line, device, columns } of lines) {
    const first = columns.lowerBound(from);
    const end = endOf(columns, to);
    const head = { device, metric: line.metric, labels: line.labels, unit: line.unit, kind: line.kind };
    if (format === 'ndjson') {
      const t = Array.from(columns.t.subarray(first, end));
      const column = (values: Float64Array) =>
        Array.from(values.subarray(first, end), (value) => (Number.isFinite(value) ? value : null));
      const { v, min, max } = columns;
      // As in the hub's exports, rates are marked because the counter cannot be recovered from them.
      const isRate = line.kind === 'counter' && { rate: true };
      const rest = { ...isRate, t, v: column(v), ...(min && max && { min: column(min), max: column(max) }) };
      yield `${JSON.stringify({ ...head, ...rest })}\n`;
      continue;
    }
    const cells = [device, line.metric, formatLabels(line.labels), line.unit].map(csvCell).join(',');
    let text = '';
    for (let i = first; i < end; i++) {
      const value = columns.v[i] as number;
      if (Number.isNaN(value)) continue;
      text += `${formatTime(columns.t[i] as number, 'iso')},${cells},${value}`;
      if (hasExtremes) text += `,${columns.min?.[i] ?? value},${columns.max?.[i] ?? value}`;
      text += '\r\n';
      if ((i - first) % ROWS_PER_PIECE !== ROWS_PER_PIECE - 1) continue;
      yield text;
      text = '';
    }
    yield text;
  }
}

function endOf(columns: SampleColumns, to: number): number {
  const end = columns.lowerBound(to);
  return end < columns.end && columns.t[end] === to ? end + 1 : end;
}
