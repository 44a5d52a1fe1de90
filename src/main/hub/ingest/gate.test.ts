import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { EventLog } from '../events/event-log';
import type { Device } from '../devices/device';
import { StreamMarks } from '../devices/stream-marks';
import { memoryRecorder, type Recorder } from '../series/recorder';
import { RING_WINDOW_MS, RingMemory } from '../series/ring-memory';
import { SeriesTable } from '../series/series-table';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Gate } from './gate';

const NOW = 1_790_000_000_000;
const DAY_MS = 86_400_000;
const AHEAD_MS = 10_000;

let marks: [string, string, number][];
let events: EventLog;
let changes: number;

beforeEach(() => {
  marks = [];
  changes = 0;
});

function gateOf(keepsHistory: boolean): Gate {
  const recorder: Recorder = {
    ...memoryRecorder,
    keepsHistory,
    gathering: 7,
    mark: (device, stream, seq) => marks.push([device, stream, seq]),
  };
  events = new EventLog(100, 100);
  const series = new SeriesTable(DEFAULT_LIMITS, new RingMemory(1 << 20), recorder);
  const devices = { seriesChanged: () => changes++ };
  const device = { id: 'attic', streams: new StreamMarks() } as unknown as Device;
  return new Gate({ clock: new ManualClock(NOW), limits: DEFAULT_LIMITS, devices, series, events }, device);
}

describe('how far a sample of some time comes', () => {
  const cases = [
    [NOW + DAY_MS + 1, 'refused', 'refused', 'FUTURE_TIME'],
    [NOW + DAY_MS, 'ahead', 'refused', 'TIME_AHEAD'],
    [NOW + AHEAD_MS + 1, 'ahead', 'refused', 'TIME_AHEAD'],
    [NOW + AHEAD_MS, 'live', 'live', null],
    [NOW, 'live', 'live', null],
    [NOW - RING_WINDOW_MS, 'live', 'live', null],
    [NOW - RING_WINDOW_MS - 1, 'late', 'late', null],
    [0, 'late', 'late', null],
    [-1, 'refused', 'refused', 'TOO_OLD'],
  ] as const;

  it.each(cases)('%d: %s with history, %s without; told %s', (time, withHistory, without, fault) => {
    expect(gateOf(true).reachOf(time, NOW)).toBe(withHistory);
    expect(gateOf(false).reachOf(time, NOW)).toBe(without);
    expect(gateOf(true).faultOf(time, NOW)?.code ?? null).toBe(fault);
  });

  it('decides what is stored of a message', () => {
    const store = (keepsHistory: boolean, time: number) => {
      const { samples, faults } = gateOf(keepsHistory).store(time, { x: 1, y: true }, NOW);
      return [samples, ...faults.map(({ code }) => code)];
    };
    expect(store(true, NOW)).toEqual([2]);
    expect(store(true, NOW + DAY_MS)).toEqual([2, 'TIME_AHEAD']);
    expect(store(true, NOW + DAY_MS + 1)).toEqual([0, 'FUTURE_TIME']);
    expect(store(true, 0)).toEqual([2]);
    expect(store(true, -1)).toEqual([0, 'TOO_OLD']);
    expect(store(false, NOW - RING_WINDOW_MS - 1)).toEqual([0, 'TOO_OLD']);
    expect(store(false, NOW + AHEAD_MS + 1)).toEqual([0, 'TIME_AHEAD']);
  });
});

describe('what a sample costs its sender', () => {
  it('is one, and twenty more in another hour than the one before', () => {
    const gate = gateOf(true);
    const cost = (time: number): number => gate.store(time, { x: 1 }, NOW).cost;
    const hour = Math.floor(NOW / 3_600_000) * 3_600_000;
    expect([cost(hour), cost(hour + 3_599_999), cost(hour - 1), cost(hour), cost(hour)]).toEqual([
      1, 1, 21, 21, 1,
    ]);
  });

  it('is the same when it is refused', () => {
    const gate = gateOf(true);
    gate.store(NOW, { x: 1 }, NOW);
    expect(gate.store(-1, { x: 1, y: 2 }, NOW)).toMatchObject({ samples: 0, cost: 22 });
  });
});

describe('messages of a stream', () => {
  it('are taken in once, and mark how far the stream has come', () => {
    const gate = gateOf(true);
    expect([4, 4, 3, 5].map((seq) => gate.isFirst('s', seq))).toEqual([true, false, false, true]);
    expect(gate.isFirst('other', 1)).toBe(true);
    expect(marks).toEqual([
      ['attic', 's', 4],
      ['attic', 's', 5],
      ['attic', 'other', 1],
    ]);
  });

  it('are always new without one', () => {
    const gate = gateOf(true);
    expect([gate.isFirst('', 1), gate.isFirst('', 1)]).toEqual([true, true]);
    expect(marks).toEqual([]);
  });
});

it('an event has the time that was said, unless that is before 1970 or more than ten seconds ahead', () => {
  const gate = gateOf(true);
  for (const at of [0, -1, NOW + AHEAD_MS, NOW + AHEAD_MS + 1, null]) gate.event('x', 'info', NOW, at);
  const times = events
    .list('attic', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 10)
    .map(({ at }) => at);
  expect(times).toEqual([0, NOW, NOW + AHEAD_MS, NOW, NOW]);
});

it('UIs are told of series that are new, and not of those they know', () => {
  const gate = gateOf(true);
  gate.store(NOW, { x: 1 }, NOW);
  gate.store(NOW + 1, { x: 2 }, NOW);
  expect(changes).toBe(1);
  gate.store(NOW + 2, { x: 2, y: 1 }, NOW);
  expect(changes).toBe(2);
});
