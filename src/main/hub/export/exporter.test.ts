import { describe, expect, it } from 'vitest';
import type { ExportQuery, ExportSource, SeriesHead } from './export-contract';
import { exportSamples } from './exporter';

const flow: SeriesHead = {
  id: 1,
  device: 'pump',
  metric: 'flow',
  labels: { pipe: 'a' },
  unit: 'L/min',
  kind: 'gauge',
};
const turns: SeriesHead = { id: 2, device: 'pump', metric: 'turns', labels: {}, unit: '1', kind: 'counter' };
const odd: SeriesHead = { id: 3, device: 'tank', metric: '=cmd', labels: {}, unit: '', kind: 'gauge' };
const all = [flow, turns, odd];
const query: ExportQuery = { from: 0, to: 10_000, format: 'ndjson', time: 'ms', raw: true };

/** `perSeries` samples a series, in pieces of 5,000; counts the readings that are under way. */
function createSource(perSeries: number): ExportSource & { open: number; pieces: number } {
  return {
    open: 0,
    pieces: 0,
    prepare: () => Promise.resolve(),
    deviceIds: () => ['pump', 'tank', 'empty'],
    seriesOf: (device) => (device === 'nobody' ? null : all.filter((one) => one.device === device)),
    async *read(series, _range, signal) {
      this.open++;
      try {
        for (const { id } of series) {
          for (let first = 0; first < perSeries; first += 5_000) {
            await Promise.resolve();
            signal?.throwIfAborted();
            this.pieces++;
            const length = Math.min(5_000, perSeries - first);
            const t = Float64Array.from({ length }, (_, i) => first + i);
            const v = t.map((time) => (time === 1 ? Number.NaN : time === 2 ? -0 : id + time / 10));
            yield { series: id, t, v };
          }
        }
      } finally {
        this.open--;
      }
    },
  };
}

async function textOf(source: ExportSource, patch: Partial<ExportQuery>): Promise<string> {
  return (await Array.fromAsync(exportSamples(source, { ...query, ...patch }))).join('');
}

describe('an export', () => {
  it('has a line of NDJSON a series, with what is needed to have it back', async () => {
    expect(await textOf(createSource(4), { device: 'pump' })).toBe(
      '{"device":"pump","metric":"flow","labels":{"pipe":"a"},"unit":"L/min","kind":"gauge","precision":"ms","t":[0,1,2,3],"v":[1,null,-0,1.3]}\n' +
        '{"device":"pump","metric":"turns","labels":{},"unit":"1","kind":"counter","precision":"ms","t":[0,1,2,3],"v":[2,null,-0,2.3]}\n',
    );
  });

  it('says where counters are rates', async () => {
    const lines = (await textOf(createSource(1), { device: 'pump', raw: false })).trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).not.toHaveProperty('rate');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ unit: '1/s', kind: 'counter', rate: true });
  });

  it('begins CSV with a byte order mark where Excel will read it', async () => {
    const asked = { format: 'csv', time: 'iso', raw: false, metric: 'turns' } as const;
    expect(await textOf(createSource(3), { ...asked, bom: true })).toMatch(/^\ufefftime,device,/);
    expect(await textOf(createSource(3), { ...asked, metric: 'none', bom: true })).toMatch(
      /^\ufefftime,device,/,
    );
  });

  it('has a row of CSV a sample, and none where there is no value', async () => {
    expect(await textOf(createSource(3), { format: 'csv', time: 'iso', raw: false, metric: 'turns' })).toBe(
      'time,device,metric,labels,unit,value\r\n' +
        '1970-01-01T00:00:00.000Z,pump,turns,,1/s,2\r\n' +
        '1970-01-01T00:00:00.002Z,pump,turns,,1/s,-0\r\n',
    );
    expect(await textOf(createSource(1), { format: 'csv', device: 'tank' })).toContain(
      "0,tank,'=cmd,,,3\r\n",
    );
  });

  it('has a header even when there is nothing to tell', async () => {
    expect(await textOf(createSource(0), { format: 'csv' })).toBe('time,device,metric,labels,unit,value\r\n');
    expect(await textOf(createSource(0), {})).toBe('');
  });

  it('comes in texts of bounded size, and reads on only when they are taken', async () => {
    const source = createSource(20_000);
    const texts = exportSamples(source, { ...query, device: 'pump' });
    const first = await texts.next();
    expect(first.value?.length).toBeLessThan(100_000);
    expect(source.pieces).toBe(1);
    await texts.return();
    expect(source.open).toBe(0);
  });

  it('stops when it is told to', async () => {
    const source = createSource(20_000);
    const stop = new AbortController();
    const texts = exportSamples(source, query, stop.signal);
    await texts.next();
    stop.abort();
    await expect(texts.next()).rejects.toThrow('aborted');
    expect(source.open).toBe(0);
  });

  it('fails before its first text for a device that nobody knows', async () => {
    const texts = exportSamples(createSource(1), { ...query, device: 'nobody', format: 'csv' });
    await expect(texts.next()).rejects.toMatchObject({ code: 'NO_SUCH_DEVICE' });
  });

  it('is a table for spreadsheets when asked for, in local time and with the signs of a locale', async () => {
    const sheet = { zone: 'Europe/Berlin', separator: ';', decimal: ',' } as const;
    const text = await textOf(createSource(3), {
      format: 'csv',
      time: 'iso',
      raw: false,
      device: 'pump',
      bom: true,
      sheet,
    });
    expect(text).toBe(
      '\ufeffTime (Europe/Berlin);flow (pipe=a) [L/min];turns [1/s]\r\n' +
        '1970-01-01 01:00:00;1;2\r\n' +
        '1970-01-01 01:00:00,002;0;0\r\n',
    );
    await expect(
      textOf(createSource(1), { format: 'csv', time: 'iso', device: 'nobody', sheet }),
    ).rejects.toMatchObject({ code: 'NO_SUCH_DEVICE' });
  });
});
