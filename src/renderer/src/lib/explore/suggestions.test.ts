import { describe, expect, it } from 'vitest';
import type { DeviceKind, Labels } from '@shared/model';
import { suggestionsFor, type SuggestedDevice } from './suggestions';

function device(
  id: string,
  kind: DeviceKind,
  headline: [label: string, metric: string, iface?: string][],
): SuggestedDevice {
  return {
    id,
    name: id,
    kind,
    headline: headline.map(([label, metric, iface], i) => ({
      series: i,
      label,
      metric,
      labels: (iface === undefined ? {} : { 'network.interface.name': iface }) as Labels,
      unit: '1',
      kind: 'gauge',
      min: null,
      max: null,
    })),
  };
}

describe('suggestions', () => {
  it('put together what devices of a kind have in common, the most common first', () => {
    const suggested = suggestionsFor([
      device('greenhouse', 'board', [['Temp', 'temp']]),
      device('nas', 'computer', [
        ['CPU', 'system.cpu.utilization'],
        ['Net', 'system.network.io', 'eth0'],
      ]),
      device('desk', 'computer', [
        ['CPU', 'system.cpu.utilization'],
        ['Net', 'system.network.io', 'wlan0'],
      ]),
    ]);
    expect(suggested.map(({ title, refs }) => [title, refs.length])).toEqual([
      ['CPU of all computers', 2],
      ['Network of all computers', 2],
      ['Temperature of greenhouse', 1],
    ]);
  });

  it('are none where there is nothing', () => {
    expect(suggestionsFor([])).toEqual([]);
  });
});
