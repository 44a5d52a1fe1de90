import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '@shared/protocol/limits';
import { ManualClock } from '../../../../tests/fakes/manual-clock';
import { Device } from '../devices/device';
import { EventLog } from '../events/event-log';
import { readSeries } from '../live/read-series';
import { RingMemory } from '../series/ring-memory';
import { SeriesTable } from '../series/series-table';
import { dialectOf } from './dialects';
import { TextIngest } from './text-ingest';

const HOUR = 3_600_000;

/**
 * Sends texts to one device's ingest, each at its arrival (ms from the start), and returns the stored values of a
 * metric.
 */
function setup() {
  const clock = new ManualClock(1_790_000_000_000);
  const startedAt = clock.now();
  const limits = DEFAULT_LIMITS;
  const series = new SeriesTable(limits, new RingMemory(limits.ringBytes));
  const log = new EventLog(limits.events, limits.textLength);
  const devices = { seriesChanged: () => {} };
  const context = { clock, limits, series, events: log, devices };
  const device = new Device('d', 'd', 0);
  let ingest = new TextIngest(context, device);
  const stored = (metric: string) => {
    const found = series.find('d', metric);
    if (!found) return [];
    const { t, v } = readSeries(found, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, false);
    return Array.from(t, (time, i): [number, number] => [time - startedAt, v[i] ?? Number.NaN]);
  };
  const events = () => log.list('d', 0, Number.POSITIVE_INFINITY, 100);
  const send = (text: string, at: number) => {
    const now = startedAt + at;
    const dialect = dialectOf(text);
    const said = { now, maxValues: DEFAULT_LIMITS.seriesPerDevice, precision: null };
    const { readings } = dialect.parse(text, said);
    return ingest.take(readings, now, dialect.mayHaveWrongClock);
  };
  /** The device comes back on another connection. */
  const reconnect = () => {
    ingest = new TextIngest(context, device);
  };
  const setClock = (stepMs: number) => {
    clock.steppedMs += stepMs;
  };
  return { send, stored, events, startedAt, reconnect, setClock };
}

describe('text of a device on its way to samples', () => {
  it('keeps readings of one millisecond apart that came without a time', () => {
    const { send, stored } = setup();
    for (let n = 0; n < 5; n++) send(`{"n":${n}}`, 0);
    expect(stored('n')).toEqual([0, 1, 2, 3, 4].map((n) => [n, n]));
  });

  it('keeps a hundred a second in bursts of five, close to their arrival', () => {
    const { send, stored } = setup();
    for (let n = 0; n < 500; n++) send(`{"n":${n}}`, Math.floor(n / 5) * 50);
    expect(stored('n')).toHaveLength(500);
    expect(stored('n').every(([t, n]) => t - Math.floor(n / 5) * 50 < 5)).toBe(true);
  });

  it('keeps the newest text that says when something was, and logs no event each time', () => {
    const { send, events } = setup();
    send('{"last_seen":"2026-12-01T08:00:00+01:00","door":"open"}', 0);
    send('{"last_seen":"2026-12-01T08:00:05+01:00","door":"shut"}', 5_000);
    expect(events().map(({ text }) => text)).toEqual(['door: open', 'door: shut']);
  });

  it('sets one sample from far ahead aside, and says so', () => {
    const { send, stored, startedAt } = setup();
    send(`{"ts":${startedAt},"temp":20}`, 0);
    const { faults } = send(`{"ts":${startedAt + 23 * HOUR},"temp":99}`, 300);
    send(`{"ts":${startedAt + 500},"temp":20.1}`, 500);
    expect(faults[0]?.code).toBe('TIME_AHEAD');
    expect(stored('temp')).toEqual([
      [0, 20],
      [500, 20.1],
    ]);
  });

  it('stores what it set aside at its arrival once the clock is known to be wrong', () => {
    const { send, stored, startedAt } = setup();
    for (let s = 0; s <= 40; s += 10) send(`{"ts":${startedAt + s * 1_000 + 2 * HOUR},"n":${s}}`, s * 1_000);
    expect(stored('n')).toEqual([0, 10, 20, 30, 40].map((s) => [s * 1_000, s]));
  });

  it("never shifts Telegraf's JSON, which may wait for its next flush every time", () => {
    const { send, stored, startedAt } = setup();
    const metric = (s: number) =>
      JSON.stringify({ name: 'm', tags: {}, fields: { n: s }, timestamp: startedAt / 1_000 + s });
    const times = Array.from({ length: 20 }, (_, i) => i * 10);
    for (const s of times) send(metric(s), s * 1_000 + 40_000);
    expect(stored('m.n')).toEqual(times.map((s) => [s * 1_000, s]));
  });

  it('never shifts line protocol, which comes oldest first after a cut', () => {
    const { send, stored, startedAt } = setup();
    for (const [offset, value] of [
      [-600_000, 30],
      [-590_000, 31],
      [0, 40],
      [1_000, 41],
    ] as const) {
      send(`cpu usage=${value} ${startedAt + offset}000000`, Math.max(0, offset));
    }
    expect(stored('cpu.usage')).toEqual([
      [-600_000, 30],
      [-590_000, 31],
      [0, 40],
      [1_000, 41],
    ]);
  });

  it('takes the arrival until a clock is set, then the time that is said', () => {
    const { send, stored, startedAt } = setup();
    send('m v=1 5000000000', 0);
    send('m v=2 6000000000', 1_000);
    send(`m v=3 ${startedAt + 2_000}000000`, 2_003);
    expect(stored('m.v')).toEqual([
      [0, 1],
      [1_000, 2],
      [2_000, 3],
    ]);
  });

  it("keeps at their own time readings from ahead when it was the hub's clock that was behind", () => {
    const { send, stored, startedAt, setClock } = setup();
    for (let s = 0; s < 20; s += 10) send(`{"ts":${startedAt + s * 1_000 + 3 * HOUR},"n":${s}}`, s * 1_000);
    expect(stored('n')).toEqual([]);
    setClock(3 * HOUR);
    send(`{"ts":${startedAt + 3 * HOUR + 20_000},"n":20}`, 3 * HOUR + 20_005);
    expect(stored('n')).toEqual([0, 10, 20].map((s) => [3 * HOUR + s * 1_000, s]));
  });

  it('learns of a wrong clock over many short connections', () => {
    for (const hours of [-3, 3]) {
      const { send, stored, startedAt, reconnect } = setup();
      for (let s = 0; s <= 60; s += 10) {
        send(`{"ts":${startedAt + s * 1_000 + hours * HOUR},"n":${s}}`, s * 1_000);
        reconnect();
      }
      expect(stored('n').filter(([, n]) => n >= 40)).toEqual([40, 50, 60].map((s) => [s * 1_000, s]));
    }
  });

  it('keeps readings without a time apart that come over several connections', () => {
    const { send, stored, reconnect } = setup();
    for (let n = 0; n < 5; n++) {
      send(`{"n":${n}}`, 0);
      reconnect();
    }
    expect(stored('n')).toHaveLength(5);
  });

  it('sets aside only what is ahead of a message, not its neighbours', () => {
    const { send, stored, startedAt } = setup();
    const at = (ms: number, n: number) => `{"ts":${startedAt + ms},"n":${n}}`;
    send(`[${at(0, 1)},${at(23 * HOUR, 99)},${at(500, 2)},${at(1_000, 3)}]`, 400);
    expect(stored('n')).toEqual([
      [0, 1],
      [500, 2],
      [1_000, 3],
    ]);
  });

  it('logs a state when it changes, not each time that it is sent', () => {
    const { send, events } = setup();
    for (const [i, door] of ['shut', 'shut', 'open', 'open'].entries()) send(`{"door":"${door}"}`, i * 1_000);
    expect(events().map(({ text }) => text)).toEqual(['door: shut', 'door: open']);
  });
});
