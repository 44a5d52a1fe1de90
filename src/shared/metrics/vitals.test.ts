import { describe, expect, it } from 'vitest';
import type { Labels, SeriesInfo } from '../model';
import { combineVital, vitalsOf } from './vitals';

let nextId = 1;
const series = (metric: string, labels: Labels = {}, patch: Partial<SeriesInfo> = {}): SeriesInfo => ({
  id: nextId++,
  device: 'nas',
  metric,
  labels,
  unit: '1',
  unitSource: 'known',
  kind: 'gauge',
  title: null,
  min: null,
  max: null,
  ...patch,
});

function labelsOf(all: readonly SeriesInfo[], name: string): string[] | undefined {
  return vitalsOf(all)
    .find((vital) => vital.name === name)
    ?.series.map(({ label }) => label);
}

describe('the vitals of a device', () => {
  it('take the whole machine as CPU, and its modes only without it', () => {
    const modes = ['user', 'idle', 'system'].map((mode) =>
      series('system.cpu.utilization', { 'cpu.mode': mode }),
    );
    const whole = series('system.cpu.utilization');
    const core = series('system.cpu.utilization', { 'cpu.logical_number': '0', 'cpu.mode': 'user' });
    expect(labelsOf([...modes, core, whole], 'cpu')).toEqual(['']);
    expect(labelsOf([...modes, core], 'cpu')).toEqual(['user', 'system']);
  });

  it('make a share of memory of bytes only if the total is known', () => {
    const used = (max: number | null) =>
      series('system.memory.usage', { 'system.memory.state': 'used' }, { unit: 'By', max });
    expect(vitalsOf([used(null)])).toEqual([]);
    const [vital] = vitalsOf([used(8e9)]);
    expect(vital && combineVital(vital, [2e9])).toEqual({ value: 0.25, label: '' });
  });

  it('name the fullest disk and the hottest sensor', () => {
    const disks = ['/', '/data', '/boot'].map((mount) =>
      series('system.filesystem.utilization', { 'system.filesystem.mountpoint': mount }),
    );
    const [vital] = vitalsOf(disks);
    expect(vital && combineVital(vital, [0.4, 0.91, null])).toEqual({ value: 0.91, label: '/data' });
    expect(vital && combineVital(vital, [null, null, null])).toEqual({ value: null, label: '' });
  });

  it('add up the cards of a computer, but not the virtual interfaces that repeat their traffic', () => {
    const io = (name: string, direction: string) =>
      series(
        'system.network.io',
        { 'network.interface.name': name, 'network.io.direction': direction },
        { kind: 'counter', unit: 'By' },
      );
    const all = ['lo', 'eth0', 'docker0'].flatMap((name) => [io(name, 'receive'), io(name, 'transmit')]);
    expect(labelsOf(all, 'network')).toEqual(['eth0 receive', 'eth0 transmit']);
    const [vital] = vitalsOf(all);
    expect(vital && combineVital(vital, [100, 20]).value).toBe(120);
    // Half of the traffic is not the traffic.
    expect(vital && combineVital(vital, [100, null]).value).toBeNull();
  });

  it('show what a board measures as its temperature', () => {
    const board = series('temperature', {}, { unit: 'Cel' });
    expect(labelsOf([board], 'temperature')).toEqual(['temperature']);
    const cpu = series('hw.temperature', { 'hw.name': 'Package' }, { unit: 'Cel' });
    expect(labelsOf([board, cpu], 'temperature')).toEqual(['Package']);
  });
});
