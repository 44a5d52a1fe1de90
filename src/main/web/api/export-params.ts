import { fail, succeed, type Result } from '@shared/errors';
import { isTimeZone, type LocalFormat } from '@shared/export/local-time-text';
import type { ExportQuery } from '../../hub/export/export-contract';
import { checkNames } from './query-params';
import { parseTimeRange } from './time-range';

const NAMES = ['device', 'metric', 'from', 'to', 'format', 'time', 'bom', 'raw', 'layout', 'zone', 'locale'];

/** Parses the parameters of `/api/v1/export`. Fails with `BAD_PARAMETER`, or with the errors of names and times. */
export function parseExport(query: URLSearchParams, nowMs: number): Result<ExportQuery> {
  const names = checkNames(query, NAMES);
  if (!names.ok) return names;
  const range = parseTimeRange(query.get('from'), query.get('to'), nowMs);
  if (!range.ok) return range;
  const format = query.get('format') ?? 'csv';
  if (format !== 'csv' && format !== 'ndjson') {
    return fail('BAD_PARAMETER', 'The parameter "format" must be csv or ndjson.');
  }
  const time = query.get('time') ?? (format === 'csv' ? 'iso' : 'ms');
  if (time !== 'iso' && time !== 'ms') {
    return fail('BAD_PARAMETER', 'The parameter "time" must be iso or ms.');
  }
  if (format === 'ndjson' && time === 'iso') {
    return fail('BAD_PARAMETER', 'NDJSON always has times in ms; "time" is only for csv.');
  }
  const bom = query.get('bom') ?? '0';
  if (bom !== '0' && bom !== '1') {
    return fail('BAD_PARAMETER', 'The parameter "bom" must be 0 or 1.');
  }
  if (format === 'ndjson' && bom === '1') {
    return fail('BAD_PARAMETER', 'JSON has no byte order mark; "bom" is only for csv.');
  }
  const raw = query.get('raw') ?? '0';
  if (raw !== '0' && raw !== '1') {
    return fail('BAD_PARAMETER', 'The parameter "raw" must be 0 or 1.');
  }
  const sheet = parseSheet(query, format);
  if (!sheet.ok) return sheet;
  return succeed({
    device: query.get('device') || undefined,
    metric: query.get('metric') || undefined,
    ...range.value,
    format,
    time,
    bom: bom === '1',
    raw: raw === '1',
    ...(sheet.value && { sheet: sheet.value }),
  });
}

/** `layout=sheet&zone=Europe/Berlin&locale=comma`: how a table for a spreadsheet is written. */
function parseSheet(query: URLSearchParams, format: 'csv' | 'ndjson'): Result<LocalFormat | null> {
  const layout = query.get('layout') ?? 'samples';
  if (layout !== 'samples' && layout !== 'sheet') {
    return fail('BAD_PARAMETER', 'The parameter "layout" must be samples or sheet.');
  }
  if (layout === 'samples') {
    if (query.get('zone') === null && query.get('locale') === null) return succeed(null);
    return fail('BAD_PARAMETER', 'The parameters "zone" and "locale" are only for layout=sheet.');
  }
  if (format !== 'csv') return fail('BAD_PARAMETER', 'The parameter "layout" is only for csv.');
  const zone = query.get('zone') ?? 'UTC';
  if (!isTimeZone(zone)) {
    return fail('BAD_PARAMETER', 'The parameter "zone" must be a time zone such as Europe/Berlin.');
  }
  const locale = query.get('locale') ?? 'point';
  if (locale !== 'point' && locale !== 'comma') {
    return fail('BAD_PARAMETER', 'The parameter "locale" must be point (1.5, 2) or comma (1,5; 2).');
  }
  return succeed(
    locale === 'point' ? { zone, separator: ',', decimal: '.' } : { zone, separator: ';', decimal: ',' },
  );
}

/** Returns a file name that every system accepts: `wirewatch-nas-system.cpu.utilization-20260301T120000Z.csv`. */
export function exportFileName({ device, metric, from, format }: ExportQuery): string {
  const begin = new Date(Math.min(from, 8.64e15)).toISOString().replace(/\.\d+|[-:]/g, '');
  const parts = [device ?? 'all-devices', metric, begin].filter((part) => part !== undefined);
  const name = parts.map((part) => part.replace(/[^A-Za-z0-9._-]+/g, '_').slice(0, 80)).join('-');
  return `wirewatch-${name}.${format}`;
}
