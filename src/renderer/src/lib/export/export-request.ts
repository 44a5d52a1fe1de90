/** The content of an export. Times are ms since the epoch, `[from, to)`. */
export interface ExportRequest {
  device: string;
  /** Null means everything that the device measures. */
  metric: string | null;
  from: number;
  to: number;
  format: 'csv' | 'ndjson';
  /** The format of times in CSV. `local`: a table for Excel, in local time, with a column for each series. */
  time: 'iso' | 'ms' | 'local';
}

/** Returns the export URL, relative to the page, because a proxy may serve both below a path. */
export function exportUrl({ device, metric, from, to, format, time }: ExportRequest): string {
  const query = new URLSearchParams({ device, from: String(from), to: String(to), format });
  if (metric !== null) query.set('metric', metric);
  if (format === 'csv') {
    if (time === 'local') {
      query.set('layout', 'sheet');
      query.set('zone', Intl.DateTimeFormat().resolvedOptions().timeZone);
      query.set('locale', (1.5).toLocaleString().includes(',') ? 'comma' : 'point');
    } else query.set('time', time);
    // Excel misreads UTF-8 without a byte order mark.
    query.set('bom', '1');
  }
  return `api/v1/export?${query.toString()}`;
}

const MOST_NAME_CHARACTERS = 60;

/** Returns a file name that every file system accepts: `nas-2026-03-12.csv`. Device names are untrusted input. */
export function exportFileName(deviceName: string, { metric, from, to, format }: ExportRequest): string {
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  const days = day(from) === day(to) ? day(from) : `${day(from)}--${day(to)}`;
  const safe = (text: string) =>
    text
      .normalize('NFC')
      .replace(/[^\p{L}\p{N}._-]+/gu, '-')
      .replace(/^[-.]+|[-.]+$/g, '')
      .slice(0, MOST_NAME_CHARACTERS);
  const parts = [safe(deviceName) || 'device', metric === null ? '' : safe(metric), days].filter(Boolean);
  return `${parts.join('-')}.${format}`;
}
