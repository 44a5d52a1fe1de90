import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { parseAgentMessage } from '@shared/protocol/parse';
import { installPaths } from '../install-paths';
import { createFleet } from './fleet';
import { decodeHost } from './host-tracks';
import { loadRecording, type Recording } from './recording';
import { writeJson, writeLine } from './simple-sender';
import { createTrack, type HostTracks } from './track';

const STARTED_AT_S = 1_790_000_000;

let recording: Recording;
let host: HostTracks;
beforeAll(async () => {
  recording = await loadRecording(installPaths().recording);
  host = decodeHost(recording);
});

const fleetOf = (devices: number, seed = 1) => createFleet(host, { devices, seed, startedAtS: STARTED_AT_S });

function rowOf(
  part: { declarations: unknown[]; fill(s: number, row: (number | null)[], at: number): void },
  s: number,
) {
  const row = new Array<number | null>(part.declarations.length).fill(null);
  part.fill(s, row, 0);
  return row;
}

describe('the recording', () => {
  it('holds twenty minutes, second by second, counters as rates', () => {
    expect(recording.seconds).toBe(1_200);
    const received = recording.values('node_network_receive_bytes_total', { device: 'eth0' });
    expect(Math.min(...received)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...received)).toBeGreaterThan(1_000_000);
  });

  it('says which series it does not have', () => {
    expect(() => recording.values('node_nothing')).toThrow('node_nothing');
  });
});

describe('a track', () => {
  const track = createTrack(Float64Array.from([1, 3, 2, 6]));

  it('plays forwards, then backwards, without a jump', () => {
    expect([0, 1, 2, 3, 4, 5, 6].map(track.at)).toEqual([1, 3, 2, 6, 2, 3, 1]);
    expect(track.at(0.5)).toBe(2);
  });

  it('adds up to a counter that never goes back and whose rate is the track', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        (from, seconds) => track.total(from + seconds) >= track.total(from) - 1e-6,
      ),
    );
    const step = 1e-3;
    for (const time of [0.2, 1.7, 3.4, 100.9]) {
      expect((track.total(time + step) - track.total(time)) / step).toBeCloseTo(track.at(time), 1);
    }
  });
});

describe('the fleet', () => {
  it('is the same for the same seed, and another for another', () => {
    const rows = (seed: number) => fleetOf(8, seed).map(({ part }) => rowOf(part, STARTED_AT_S + 77));
    expect(rows(1)).toEqual(rows(1));
    expect(rows(2)).not.toEqual(rows(1));
  });

  it('has as many devices as asked, each with an id of its own, and one more that waits for approval', () => {
    for (const devices of [1, 25, 300]) {
      const fleet = fleetOf(devices);
      expect(fleet).toHaveLength(devices + 1);
      expect(new Set(fleet.map(({ declaration }) => declaration.id)).size).toBe(devices + 1);
      expect(fleet.filter(({ behaviour }) => behaviour.unapproved)).toHaveLength(1);
    }
  });

  it('has computers, boards and programs among the first five', () => {
    const kinds = new Set(fleetOf(5).map(({ declaration }) => declaration.kind));
    expect(kinds).toEqual(new Set(['computer', 'board', 'program']));
  });

  it('declares itself as the protocol wants it, within the limits', () => {
    for (const { declaration, part } of fleetOf(300)) {
      const hello = parseAgentMessage({ type: 'hello', device: declaration, agent: 'demo' });
      expect(hello.ok, declaration.name).toBe(true);
      const schema = parseAgentMessage({ type: 'schema', version: 1, series: part.declarations });
      expect(schema.ok, declaration.name).toBe(true);
      expect(part.declarations.length).toBeLessThanOrEqual(DEFAULT_LIMITS.seriesPerDevice);
      const keys = part.declarations.map(({ name, labels }) => JSON.stringify([name, labels]));
      expect(new Set(keys).size, declaration.name).toBe(keys.length);
    }
  });

  it('reports finite values within what it declares, and counters that only grow', () => {
    for (const { declaration, part } of fleetOf(60)) {
      const before = rowOf(part, STARTED_AT_S);
      for (const seconds of [1, 2.25, 60, 599, 3_600]) {
        const now = rowOf(part, STARTED_AT_S + seconds);
        for (const [i, series] of part.declarations.entries()) {
          const value = now[i] ?? Number.NaN;
          const what = `${declaration.name} ${series.name} ${JSON.stringify(series.labels ?? {})}`;
          expect(Number.isFinite(value), what).toBe(true);
          if (series.kind === 'counter') expect(value, what).toBeGreaterThanOrEqual(before[i] ?? 0);
          if (typeof series.min === 'number') expect(value, what).toBeGreaterThanOrEqual(series.min);
          if (typeof series.max === 'number') expect(value, what).toBeLessThanOrEqual(series.max);
        }
      }
    }
  });

  it('has a processor total that is the mean of the cores', () => {
    const [nas] = fleetOf(1);
    if (!nas) throw new Error('no device');
    for (const seconds of [0, 13, 250]) {
      const row = rowOf(nas.part, STARTED_AT_S + seconds);
      const cores = row.filter(
        (_, i) => nas.part.declarations[i]?.labels?.['cpu.logical_number'] !== undefined,
      );
      const mean = cores.reduce<number>((sum, value) => sum + (value ?? 0), 0) / cores.length;
      expect(row[0]).toBeCloseTo(mean, 3);
    }
  });

  it('answers which processes run, the busiest first', () => {
    const [nas] = fleetOf(1);
    const answer = nas?.processes?.list(STARTED_AT_S * 1_000, 'cpu');
    const shares = answer?.processes.map(({ cpu }) => cpu ?? 0) ?? [];
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual([...shares].sort((a, b) => b - a));
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  });
});

describe('simple devices', () => {
  it('send nested JSON', () => {
    expect(JSON.parse(writeJson('den', ['air.temp', 'air.hum', 'rssi'], [21.5, 40, -60]))).toEqual({
      id: 'den',
      name: 'den',
      air: { temp: 21.5, hum: 40 },
      rssi: -60,
    });
  });

  it('send line protocol', () => {
    expect(writeLine('roof', ['temp', 'wind'], [11.5, 3])).toMatch(
      /^weather,host=roof temp=11.5,wind=3 \d{13}000000$/,
    );
  });
});
