import { describe, expect, it } from 'vitest';
import { formatLocal, isTimeZone, type LocalFormat } from './local-time-text';

const at = (iso: string, zone: string, decimal: '.' | ',' = '.') =>
  formatLocal(Date.parse(iso), { zone, separator: ';', decimal } satisfies LocalFormat);

describe('a local time for a spreadsheet', () => {
  it('is the time on the wall, before and after the clocks change', () => {
    expect(at('2026-03-29T00:59:59Z', 'Europe/Berlin')).toBe('2026-03-29 01:59:59');
    expect(at('2026-03-29T01:00:00Z', 'Europe/Berlin')).toBe('2026-03-29 03:00:00');
    expect(at('2026-10-25T01:00:00Z', 'Europe/Berlin')).toBe('2026-10-25 02:00:00');
    expect(at('2026-06-30T23:59:59Z', 'Asia/Kathmandu')).toBe('2026-07-01 05:44:59');
    // Lord Howe Island moves its clocks by half an hour.
    expect(at('2026-04-04T14:59:59Z', 'Australia/Lord_Howe')).toBe('2026-04-05 01:59:59');
    expect(at('2026-04-04T15:00:00Z', 'Australia/Lord_Howe')).toBe('2026-04-05 01:30:00');
  });

  it('has milliseconds only where there are some, after the sign of the locale', () => {
    expect(at('2026-03-12T08:14:02.113Z', 'UTC', ',')).toBe('2026-03-12 08:14:02,113');
    expect(at('1969-12-31T23:59:59.500Z', 'UTC')).toBe('1969-12-31 23:59:59.500');
  });

  it('knows which zones there are', () => {
    expect(isTimeZone('America/New_York')).toBe(true);
    expect(isTimeZone('Middle-earth/Shire')).toBe(false);
    expect(isTimeZone('')).toBe(false);
  });
});
