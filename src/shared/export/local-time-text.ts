/** How a table for a spreadsheet is written where its reader lives. */
export interface LocalFormat {
  /** An IANA time zone, such as `Europe/Berlin`. */
  zone: string;
  separator: ',' | ';' | '\t';
  decimal: '.' | ',';
}

/** Time zones change by whole quarters of an hour, and only at such moments, ms. */
const QUARTER_MS = 900_000;
const MAX_DATE_MS = 8.64e15;
const formats = new Map<string, Intl.DateTimeFormat>();
const MAX_FORMATS = 16;

/** Whether the system knows a time zone of this name. */
export function isTimeZone(name: string): boolean {
  return formatOf(name) !== null;
}

/** Formats a time, ms since the epoch, as spreadsheets read it: `2026-03-12 08:14:02`, with ms if there are any. */
export function formatLocal(time: number, { zone, decimal }: LocalFormat): string {
  if (!(Math.abs(time) <= MAX_DATE_MS)) return String(time);
  const local = new Date(time + offsetAt(time, zone)).toISOString();
  const text = `${local.slice(0, -14)} ${local.slice(-13, -5)}`;
  const ms = local.slice(-4, -1);
  return ms === '000' ? text : `${text}${decimal}${ms}`;
}

/** The last offset that was calculated: the rows of a table follow each other in time. */
let known: { zone: string; quarter: number; offset: number } | null = null;

/** Returns what has to be added to UTC to get local time, ms. */
function offsetAt(time: number, zone: string): number {
  const quarter = Math.floor(time / QUARTER_MS);
  if (known?.zone === zone && known.quarter === quarter) return known.offset;
  const parts = formatOf(zone)?.formatToParts(quarter * QUARTER_MS) ?? [];
  const get = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(
    get('year'),
    get('month') - 1,
    get('day'),
    get('hour'),
    get('minute'),
    get('second'),
  );
  const offset = Number.isFinite(local) ? local - quarter * QUARTER_MS : 0;
  known = { zone, quarter, offset };
  return offset;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  const made = formats.get(zone);
  if (made) return made;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      hourCycle: 'h23',
    });
    if (formats.size >= MAX_FORMATS) formats.clear();
    formats.set(zone, format);
    return format;
  } catch {
    return null;
  }
}
