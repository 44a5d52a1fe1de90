import { describe, expect, it } from 'vitest';
import type { Labels, SeriesInfo } from '../model';
import { headlineSeries } from './headline';

let nextId = 1;
function series(metric: string, labels: Labels = {}, patch: Partial<SeriesInfo> = {}): SeriesInfo {
  const kind = metric === 'system.network.io' ? 'counter' : 'gauge';
  return {
    id: nextId++,
    device: 'a',
    metric,
    labels,
    unit: '',
    isUnitGuessed: true,
    kind,
    title: null,
    min: null,
    max: null,
    ...patch,
  } as SeriesInfo;
}
const net = (name: string, direction: string): SeriesInfo =>
  series('system.network.io', { 'network.interface.name': name, 'network.io.direction': direction });

/** Formats each headline as `label: metric labels`. */
const words = (list: SeriesInfo[]): string[] =>
  headlineSeries(list).map(({ label, metric, labels }) =>
    [`${label}: ${metric}`, ...Object.values(labels)].join(' '),
  );

describe('the headlines of a computer', () => {
  const cpu = series('system.cpu.utilization');
  const memory = series('system.memory.utilization', { 'system.memory.state': 'used' });

  it('are its processor, its memory, and what it receives', () => {
    const all = [net('eth0', 'transmit'), net('eth0', 'receive'), series('system.uptime'), memory, cpu];
    for (const list of [all, all.toReversed()]) {
      expect(words(list)).toEqual([
        'CPU: system.cpu.utilization',
        'Memory: system.memory.utilization used',
        'Net: system.network.io eth0 receive',
      ]);
    }
  });

  it('are the whole machine, not one processor, one mode or free memory', () => {
    const parts = [
      series('system.cpu.utilization', { 'cpu.logical_number': '0' }),
      series('system.cpu.utilization', { 'cpu.mode': 'user' }),
      series('system.memory.utilization', { 'system.memory.state': 'free' }),
    ];
    expect(words([...parts, cpu, memory]).slice(0, 2)).toEqual([
      'CPU: system.cpu.utilization',
      'Memory: system.memory.utilization used',
    ]);
  });

  it('are memory in bytes where there is no share of it', () => {
    const usage = (state: string) => series('system.memory.usage', { 'system.memory.state': state });
    expect(words([usage('free'), usage('used'), usage('cached')])).toEqual([
      'Memory: system.memory.usage used',
    ]);
    expect(words([usage('used'), memory])).toEqual(['Memory: system.memory.utilization used']);
  });

  it('are the traffic of its main interface', () => {
    const list = ['docker0', 'lo', 'wlan0', 'eth0'].map((name) => net(name, 'receive'));
    expect(words(list)).toEqual(['Net: system.network.io eth0 receive']);
  });

  it('never call what is sent “Net”', () => {
    expect(words([net('eth0', 'transmit')])).toEqual(['Sent: system.network.io eth0 transmit']);
  });
});

describe('the headlines of a board', () => {
  it('are temperature, humidity and signal, under short names', () => {
    const list = ['uptime', 'free_heap', 'rssi', 'humidity', 'temp'].map((name) => series(name));
    expect(words(list)).toEqual(['Temp: temp', 'Humidity: humidity', 'Signal: rssi']);
  });

  it('are the plainest of several thermometers', () => {
    expect(words([series('greenhouse.temp'), series('temp'), series('outdoor.temp')])).toEqual([
      'Temp: temp',
    ]);
  });

  it('are what changes before what counts, and what is dull last', () => {
    const list = [series('boot_id'), series('drops', {}, { kind: 'counter' }), series('level')];
    expect(words(list)).toEqual(['Level: level', 'Drops: drops', 'Boot ID: boot_id']);
  });

  it('have a label that fits, with the title that the device gave', () => {
    expect(words([series('x', {}, { title: 'Rain' })])).toEqual(['Rain: x']);
    const [long] = headlineSeries([series('x', {}, { title: 'y'.repeat(50) })]);
    expect(long?.label).toBe(`${'y'.repeat(39)}…`);
  });
});
