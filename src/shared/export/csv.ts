import type { Labels } from '../model';
import { formatSeriesKey } from '../protocol/series-key';
import { formatNumber } from './number-text';

/** Tells Excel that a CSV file is UTF-8, not the system's code page. */
export const BOM = '\ufeff';

export const CSV_HEADER = 'time,device,metric,labels,unit,value\r\n';

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
/**
 * Characters that spreadsheets take for the start of a formula (OWASP, "CSV injection"), including full-width forms.
 * They also count after characters that some locales take for the end of a cell.
 */
const FORMULA_START = /^(?=[=+\-@＝＋－＠\t\r\n])|(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g;
const MAX_DATE_MS = 8.64e15;

/**
 * Formats one cell of RFC 4180. Text that a spreadsheet would run as a formula gets a leading apostrophe, which makes
 * it plain text; plain numbers are left alone.
 */
export function csvCell(text: string): string {
  const safe = PLAIN_NUMBER.test(text) ? text : text.replace(FORMULA_START, "'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Formats labels as they are written between the braces of a series key: `disk=sda,dir=read`. */
export function formatLabels(labels: Labels): string {
  return formatSeriesKey('', labels).slice(1, -1);
}

/**
 * Formats a time in ms since the epoch as ISO 8601 in UTC with ms, or as a number. A time outside the range of dates
 * stays a number.
 */
export function formatTime(time: number, style: 'iso' | 'ms'): string {
  const isDate = style === 'iso' && Math.abs(time) <= MAX_DATE_MS;
  return isDate ? new Date(time).toISOString() : formatNumber(time);
}
