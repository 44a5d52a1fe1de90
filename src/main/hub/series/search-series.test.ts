import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { RingMemory } from './ring-memory';
import { Device } from '../devices/device';
import { searchSeries, type SeriesQuery } from './search-series';
import { SeriesIndex } from './series-index';
import { SeriesTable } from './series-table';

/** Creates three computers and a board, as in a typical fleet. */
function createFleet() {
  const table = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1_000_000));
  const devices = new Map<string, Device>();
  const add = (id: string, name: string, tags: string[] = []) => {
    const device = new Device(id, name, 0);
    device.approve('user');
    device.describe({ kind: 'computer', ownTags: tags });
    devices.set(id, device);
    return device;
  };
  const declare = (device: string, metric: string, labels: Record<string, string> = {}) =>
    table.declare(device, { name: metric, labels });
  for (const [id, name, tags] of [
    ['a', 'rack-2', ['lab']],
    ['b', 'rack-10', ['lab', 'gpu']],
    ['c', 'kitchen', []],
  ] as const) {
    add(id, name, [...tags]);
    declare(id, 'system.cpu.utilization');
    declare(id, 'system.cpu.utilization', { 'cpu.mode': 'user' });
    declare(id, 'system.network.io', { 'network.interface.name': 'eth0' });
  }
  add('d', 'Greenhouse').describe({ kind: 'board' });
  declare('d', 'temp');
  const index = new SeriesIndex(table);
  const search = (text: string, more: Partial<SeriesQuery> = {}) =>
    searchSeries(index, devices.values(), {
      text,
      by: 'metric',
      groups: 40,
      perGroup: 5,
      limit: 200,
      ...more,
    });
  const names = (text: string, more?: Partial<SeriesQuery>) =>
    search(text, more).groups.flatMap(({ series }) =>
      series.map(({ device, metric }) => `${devices.get(device)?.name ?? '?'} ${metric}`),
    );
  return { table, devices, declare, search, names };
}

describe('searching series', () => {
  it('finds them by metric, device, label, tag, and any of these together', () => {
    const { search, names } = createFleet();
    expect(search('cpu').total).toBe(6);
    expect(search('eth0').total).toBe(3);
    expect(search('gpu').total).toBe(3);
    expect(names('kitchen network')).toEqual(['kitchen system.network.io']);
    expect(names('lab temp')).toEqual([]);
    expect(search('').total).toBe(10);
  });

  it('finds words only where they are said to be', () => {
    const { search } = createFleet();
    expect(search('tag:lab cpu').total).toBe(4);
    expect(search('device:rack').total).toBe(6);
    expect(search('label:user').total).toBe(3);
    expect(search('metric:rack').total).toBe(0);
    expect(search('label:cpu.mode').total).toBe(3);
  });

  it('puts the plainest first, and devices in the order in which people count', () => {
    const { search, names } = createFleet();
    expect(names('system.cpu').slice(0, 3)).toEqual([
      'kitchen system.cpu.utilization',
      'rack-2 system.cpu.utilization',
      'rack-10 system.cpu.utilization',
    ]);
    expect(search('cpu').groups[0]?.series[0]?.labels).toEqual({});
  });

  it('forgives a slip of the finger, unless something is called exactly that', () => {
    const { search } = createFleet();
    expect(search('grenhouse').total).toBe(1);
    expect(search('netwrk').total).toBe(3);
    expect(search('zzzz').total).toBe(0);
  });

  it('groups by device as well', () => {
    const { search, devices } = createFleet();
    const { groups, groupCount } = search('cpu', { by: 'device' });
    expect(groupCount).toBe(3);
    expect(groups.map(({ series }) => devices.get(series[0]?.device ?? '')?.name)).toEqual([
      'kitchen',
      'rack-2',
      'rack-10',
    ]);
    expect(groups.map(({ count }) => count)).toEqual([2, 2, 2]);
  });

  it('answers within bounds and says how much there is', () => {
    const { search } = createFleet();
    const { groups, total, groupCount } = search('', { groups: 2, perGroup: 2, limit: 3 });
    expect(groups.map(({ series }) => series.length)).toEqual([2, 1]);
    expect([total, groupCount]).toEqual([10, 4]);
  });

  it('knows of what came and went since', () => {
    const { table, declare, search, devices } = createFleet();
    declare('d', 'humidity');
    expect(search('humidity').total).toBe(1);
    table.forgetDevice('d');
    expect(search('greenhouse').total).toBe(0);
    const kitchen = devices.get('c');
    kitchen?.rename('Scullery');
    expect(search('scullery').total).toBe(3);
    expect(search('kitchen').total).toBe(0);
  });

  it('keeps quiet about devices that are not approved', () => {
    const { search, devices } = createFleet();
    const kitchen = devices.get('c');
    kitchen?.revoke();
    expect(search('cpu').total).toBe(4);
  });
});
