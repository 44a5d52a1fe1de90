import { describe, expect, it } from 'vitest';
import { exportFileName, exportUrl, type ExportRequest } from './export-request';

const request: ExportRequest = {
  device: 'a&b',
  metric: null,
  from: Date.UTC(2026, 2, 12),
  to: Date.UTC(2026, 2, 12, 8),
  format: 'csv',
  time: 'iso',
};

describe('an export', () => {
  it('asks for exactly what was chosen', () => {
    const url = new URL(exportUrl({ ...request, metric: 'system.cpu.utilization' }), 'http://hub');
    expect(url.pathname).toBe('/api/v1/export');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      device: 'a&b',
      metric: 'system.cpu.utilization',
      from: String(request.from),
      to: String(request.to),
      format: 'csv',
      time: 'iso',
      bom: '1',
    });
  });

  it('says nothing of times where they have one form only', () => {
    expect(exportUrl({ ...request, format: 'ndjson' })).not.toContain('time=');
  });

  it('is called by device and days', () => {
    expect(exportFileName('nas', request)).toBe('nas-2026-03-12.csv');
    expect(exportFileName('nas', { ...request, to: Date.UTC(2026, 2, 14), format: 'ndjson' })).toBe(
      'nas-2026-03-12--2026-03-14.ndjson',
    );
    expect(exportFileName('nas', { ...request, metric: 'hw.temperature' })).toBe(
      'nas-hw.temperature-2026-03-12.csv',
    );
  });

  it('is a name that any file system takes, whatever a device calls itself', () => {
    expect(exportFileName('../../etc/pass wd', request)).toBe('etc-pass-wd-2026-03-12.csv');
    expect(exportFileName('<>:"|?*', request)).toBe('device-2026-03-12.csv');
    expect(exportFileName('x'.repeat(500), request).length).toBeLessThan(100);
    expect(exportFileName('Küche', request)).toBe('Küche-2026-03-12.csv');
  });
});
