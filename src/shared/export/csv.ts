import type { Labels } from '../model';
import { formatSeriesKey } from '../protocol/series-key';
import { formatNumber } from './number-text';

export const CSV_HEADER = 'time,device,metric,labels,unit,value\r\n';

const PLAIN_NUMBER = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;
/**
 * What spreadsheets take for the beginning of a formula (OWASP, "CSV injection"), in full width too; also in the middle,
 * after what some of them, set to other languages, take for the end of a cell.
 */
const FORMULA_START = /^(?=[=+\-@＝＋－＠\t\r\n])|(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g;
const MAX_DATE_MS = 8.64e15;

/**
 * One cell of RFC 4180. What a spreadsheet would run as a formula gets a leading apostrophe, which makes it text;
 * plain numbers are left alone.
 */
export function csvCell(text: string): string {
  const safe = PLAIN_NUMBER.test(text) ? text : text.replace(FORMULA_START, "'");
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Labels as they stand between the braces of a series key: `disk=sda,dir=read`. */
export function formatLabels(labels: Labels): string {
  return formatSeriesKey('', labels).slice(1, -1);
}

/** ISO 8601 in UTC with ms; a time that no date can be is left a number. */
export function formatTime(time: number, style: 'iso' | 'ms'): string {
  const isDate = style === 'iso' && Math.abs(time) <= MAX_DATE_MS;
  return isDate ? new Date(time).toISOString() : formatNumber(time);
}
