import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesInfo } from '../model';
import { chartsFor } from './groups';
import { headlineSeries } from './headline';

let nextId = 1;
function series(
  metric: string,
  labels: Record<string, string> = {},
  more: Partial<SeriesInfo> = {},
): SeriesInfo {
  return {
    id: nextId++,
    device: 'd',
    metric,
    labels,
    unit: '',
    unitSource: 'known',
    kind: 'gauge',
    title: null,
    min: null,
    max: null,
    ...more,
  };
}

function computer(): SeriesInfo[] {
  const GIB = 1024 ** 3;
  return [
    series('system.uptime'),
    series('system.filesystem.utilization', { 'system.filesystem.mountpoint': '/' }),
    ...['lo', 'docker0', 'wlan0', 'eth0'].flatMap((name) =>
      ['transmit', 'receive'].map((direction) =>
        series(
          'system.network.io',
          { 'network.interface.name': name, 'network.io.direction': direction },
          { kind: 'counter', unit: 'By' },
        ),
      ),
    ),
    series('system.memory.utilization', { 'system.memory.state': 'used' }, { unit: '1' }),
    ...['free', 'cached', 'used'].map((state) =>
      series('system.memory.usage', { 'system.memory.state': state }, { unit: 'By', max: 32 * GIB }),
    ),
    series('system.cpu.load_average.15m'),
    series('system.cpu.load_average.1m'),
    series('system.cpu.utilization', { 'cpu.mode': 'idle' }),
    series('system.cpu.utilization', { 'cpu.mode': 'system' }),
    series('system.cpu.utilization', { 'cpu.mode': 'user' }),
    ...Array.from({ length: 12 }, (_, n) =>
      series('system.cpu.utilization', { 'cpu.logical_number': `${n}` }),
    ),
    series('system.cpu.utilization'),
  ];
}

describe('charts of a computer', () => {
  const charts = chartsFor(computer());
  const titles = charts.map((c) => `${c.title}|${c.subtitle ?? ''}`);

  it('come in the order that people look for them', () => {
    expect(titles).toEqual([
      'CPU|utilization',
      'Cores|all – core 5',
      'Cores|core 6 – core 11',
      'Memory|of 32.0\u00a0GiB',
      'Network|eth0',
      'Network|wlan0',
      'Network|docker0',
      'Network|lo',
      'File systems|share used',
      'Load|threads running or waiting',
      'Uptime|',
    ]);
  });

  it('stack CPU modes without idle, and memory without free', () => {
    expect(charts[0]).toMatchObject({ style: 'stack', min: 0, max: 1, wide: true });
    expect(charts[0]?.series.map((s) => s.label)).toEqual(['user', 'system']);
    expect(charts[3]?.series.map((s) => s.label)).toEqual(['used', 'cached']);
  });

  it('name directions, receive first', () => {
    expect(charts[4]?.series.map((s) => s.label)).toEqual(['receive', 'transmit']);
  });

  it('have the same ids whatever order series come in', () => {
    const list = computer();
    const ids = chartsFor(list).map((c) => c.id);
    expect(chartsFor([...list].reverse()).map((c) => c.id)).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('charts of devices nobody knows', () => {
  it('give a board with flat names titles, units and groups', () => {
    const charts = chartsFor([series('rssi'), series('hum'), series('temp'), series('door'), series('foo')]);
    expect(charts.map((c) => [c.group, c.title, c.unit])).toEqual([
      ['Climate', 'Humidity', '%'],
      ['Climate', 'Temperature', 'Cel'],
      ['Signal', 'Signal', 'dBm'],
      ['States', 'Door', ''],
      ['Values', 'Foo', ''],
    ]);
    expect(charts[3]).toMatchObject({ min: 0, max: 1 });
  });

  it('join what measures the same under one prefix, with names as legend', () => {
    const charts = chartsFor([series('tank.temp_in'), series('tank.temp_out')]);
    expect(charts).toHaveLength(1);
    expect(charts[0]).toMatchObject({ title: 'Temperature', subtitle: 'Tank' });
    expect(charts[0]?.series.map((s) => s.label)).toEqual(['Temp in', 'Temp out']);
  });

  it('make legends of the labels that differ and a subtitle of those that do not', () => {
    const charts = chartsFor([
      series('queue.depth', { host: 'a', queue: 'mail' }),
      series('queue.depth', { host: 'a', queue: 'jobs' }),
    ]);
    expect(charts[0]).toMatchObject({ group: 'Queue', title: 'Depth', subtitle: 'a' });
    expect(charts[0]?.series.map((s) => s.label)).toEqual(['jobs', 'mail']);
  });

  it('show every series exactly once, in charts of at most eight with one unit and distinct ids', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'temp',
        'a.temp',
        'a.b',
        'a_b_total',
        'system.network.io',
        'system.cpu.utilization',
        'x',
      ),
      fc.string({ minLength: 1, maxLength: 20 }),
    );
    const labels = fc.dictionary(fc.constantFrom('a', 'b', 'system.device'), fc.string({ maxLength: 5 }));
    const any = fc.record({
      metric: name,
      labels,
      unit: fc.constantFrom('', 'By', '1', 's'),
      kind: fc.constantFrom('gauge' as const, 'counter' as const),
    });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 60 }), (list) => {
        const all = list.map((one) => series(one.metric, one.labels, one));
        const charts = chartsFor(all);
        const drawn = charts.flatMap((c) => c.series.map((s) => s.id));
        expect(drawn.sort((a, b) => a - b)).toEqual(all.map((s) => s.id));
        expect(new Set(charts.map((c) => c.id)).size).toBe(charts.length);
        for (const chart of charts) {
          expect(chart.series.length).toBeGreaterThan(0);
          expect(chart.series.length).toBeLessThanOrEqual(8);
          expect(chart.title).not.toBe('');
          expect(new Set(chart.series.map((s) => `${s.unit}|${s.kind}`)).size).toBe(1);
          for (const line of chart.series) expect(line.label).not.toBe('');
        }
      }),
    );
  });

  it('are made for 2,000 series without noticeable delay', () => {
    const many = Array.from({ length: 2_000 }, (_, n) => series(`app.m${n % 500}`, { part: `${n}` }));
    // The fastest of several runs counts; the others were slowed by a busy machine.
    const took = Array.from({ length: 5 }, () => {
      const startedAt = performance.now();
      chartsFor(many);
      return performance.now() - startedAt;
    });
    expect(Math.min(...took)).toBeLessThan(1_000);
  });
});

describe('the headline of a card', () => {
  it('says words in full, so that only who shows them cuts them', () => {
    const [one, two] = headlineSeries([
      series('app.requests.duration'),
      series(`app.${'long'.repeat(20)}.name`),
    ])
      .map(({ label }) => label)
      .sort((a, b) => b.length - a.length);
    expect(one).toHaveLength(40);
    expect(one).toMatch(/…$/);
    expect(two).toBe('Requests duration');
  });

  it('of a computer is CPU, memory and what the main interface receives', () => {
    const headline = headlineSeries(computer());
    expect(headline.map((h) => h.label)).toEqual(['CPU', 'Memory', 'Net']);
    expect(headline[0]?.labels).toEqual({});
    expect(headline[2]?.labels['network.interface.name']).toBe('eth0');
  });

  it('of a board is temperature, humidity and signal', () => {
    const headline = headlineSeries([
      series('uptime'),
      series('rssi'),
      series('heap'),
      series('hum'),
      series('temp'),
    ]);
    expect(headline.map((h) => [h.label, h.unit])).toEqual([
      ['Temp', 'Cel'],
      ['Humidity', '%'],
      ['Signal', 'dBm'],
    ]);
  });

  it('of anything else is its first telling gauges', () => {
    const headline = headlineSeries([
      series('app.requests_total', {}, { kind: 'counter' }),
      series('app.version'),
      series('app.users'),
      series('app.depth'),
    ]);
    expect(headline.map((h) => h.label)).toEqual(['App users', 'App depth', 'App requests']);
  });

  it('of a device without series is empty', () => {
    expect(headlineSeries([])).toEqual([]);
  });
});
