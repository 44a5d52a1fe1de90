import type { SeriesHead } from './export-contract';
import { formatNumber } from '@shared/export/number-text';

/**
 * One line of NDJSON up to its columns. `rate` marks rates per second of a counter; such lines cannot be imported,
 * because the counter cannot be recovered from them.
 */
export function ndjsonHead(series: SeriesHead, unit: string, isRate: boolean): string {
  const { device, metric, labels, kind } = series;
  const head = { device, metric, labels, unit, kind, ...(isRate && { rate: true }) };
  return JSON.stringify(head).slice(0, -1);
}

/** Earlier times in ms are also plausible times in another unit; an import would take them for that. */
const AMBIGUOUS_BEFORE_MS = Date.UTC(2000, 0, 1);

/**
 * The columns `t` and `v` from row `start` up to, but not including, `end`; null means no value. They come with their
 * precision if that is not plain from the times, which ascend.
 */
export function ndjsonColumns(t: Float64Array, v: Float64Array, start: number, end: number): string {
  let times = '';
  let values = '';
  for (let i = start; i < end; i++) {
    const comma = i === start ? '' : ',';
    const value = v[i] ?? Number.NaN;
    times += comma + formatNumber(t[i] ?? 0);
    values += comma + (Number.isFinite(value) ? formatNumber(value) : 'null');
  }
  const precision = (t[start] ?? 0) < AMBIGUOUS_BEFORE_MS ? ',"precision":"ms"' : '';
  return `${precision},"t":[${times}],"v":[${values}]}\n`;
}
