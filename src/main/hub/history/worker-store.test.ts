import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenedStore } from './worker-store';
import type { StoreColumns } from '../store-contract/store-contract';
import { batch, rows, seriesOf } from '../store-contract/testing/batches';
import { StoreHarness } from './testing/harness';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The start of an hour some hours ago: recent enough to be kept, old enough to be rolled up. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;

let harness: StoreHarness;

beforeAll(async () => {
  harness = await StoreHarness.create();
});
afterAll(() => harness.dispose());

function pairs(columns: StoreColumns | undefined): [number, number][] {
  return Array.from(columns?.t ?? [], (time, i) => [time - START, columns?.v?.[i] ?? Number.NaN]);
}

async function read(
  store: OpenedStore,
  series: number,
  from: number,
  to: number,
): Promise<[number, number][]> {
  const [columns] = await store.query({ series: [series], from, to });
  return pairs(columns);
}

async function collect(scan: AsyncIterable<StoreColumns>): Promise<Map<number, [number, number][]>> {
  const all = new Map<number, [number, number][]>();
  for await (const piece of scan) all.set(piece.series, [...(all.get(piece.series) ?? []), ...pairs(piece)]);
  return all;
}

describe.skipIf(process.platform === 'win32')('what a store keeps', () => {
  it('is for this user alone, in a folder that others may read too', async () => {
    const parent = harness.dir();
    chmodSync(parent, 0o755);
    const dir = join(parent, 'history');
    const store = await harness.open(dir);
    await store.commit(batch({}));
    const modes = ['', ...readdirSync(dir).filter((name) => name.startsWith('history.db'))];
    expect(modes.length).toBeGreaterThan(2);
    for (const name of modes) expect(statSync(join(dir, name)).mode & 0o077, name).toBe(0);
  });
});

describe('a store', () => {
  it('knows after a restart what was committed before it', async () => {
    const dir = harness.dir();
    const first = await harness.open(dir);
    expect(first.contents).toEqual({
      series: [],
      marks: [],
      events: [],
      newest: new Map(),
      records: [],
      damagedRecords: [],
    });
    const labels = { cpu: '0', mode: 'user, "quoted"' };
    const key = 'system.cpu.time{cpu=0,mode="user, \\"quoted\\""}';
    const one = {
      ...seriesOf('a', 7, 'counter', key),
      metric: 'system.cpu.time',
      labels,
      unit: 's',
      title: 'CPU',
      max: 4,
    };
    const note = { id: 3, at: START, kind: 'note', level: 'info', device: 'a', text: 'hello' } as const;
    await first.commit(
      batch({
        series: [one],
        rows: [rows('a', [7], [[START, 1.5]])],
        marks: [{ device: 'a', stream: 's', seq: 41 }],
        events: [note],
      }),
    );
    await first.commit(
      batch({ series: [{ ...one, title: 'CPU time' }], marks: [{ device: 'a', stream: 's', seq: 40 }] }),
    );
    await first.close();
    const second = await harness.open(dir);
    expect(second.contents.series).toEqual([{ ...one, title: 'CPU time' }]);
    expect(second.contents.marks).toEqual([{ device: 'a', stream: 's', seq: 41 }]);
    expect(second.contents.events).toEqual([note]);
    expect(second.contents.newest).toEqual(new Map([['a', START]]));
    expect(await second.query({ series: [7], from: START, to: START + 1, raw: true })).toEqual([
      { series: 7, t: Float64Array.of(START), v: Float64Array.of(1.5) },
    ]);
    expect(await second.extent('a')).toEqual({ oldest: START, newest: START });
    expect(await second.extent('b')).toBeNull();
  });

  it('answers the same before and after rows are sealed, ranges being [from, to)', async () => {
    const store = await harness.open();
    const values = Array.from({ length: 900 }, (_, i) => [
      START + i * 1_000,
      i % 7,
      i % 3 === 0 ? null : i / 10,
    ]);
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('a', 2)] }));
    for (let i = 0; i < values.length; i += 30) {
      await store.commit(batch({ rows: [rows('a', [1, 2], values.slice(i, i + 30))] }));
    }
    const query = { series: [2, 1, 99], from: START + 100_000, to: START + 700_000 };
    const buckets = { ...query, points: 13 };
    const before = [await store.query(query), await store.query(buckets)];
    expect(before[0]?.map(({ t }) => t.length)).toEqual([400, 600, 0]);
    await store.settle();
    const after = [await store.query(query), await store.query(buckets)];
    expect(after).toEqual(before);
    const { tiers } = await store.stats();
    expect(tiers.find(({ tier }) => tier === 'raw')?.samples).toBe(1_500);
    expect(tiers.find(({ tier }) => tier === 'journal')?.samples).toBe(0);
    expect(tiers.find(({ tier }) => tier === 'minute')?.oldest).toBe(START);
  });

  it('takes a burst in first, and seals it by itself when it is over', async () => {
    const store = await harness.open();
    const ids = Array.from({ length: 40 }, (_, i) => i + 1);
    await store.commit(batch({ series: ids.map((id) => seriesOf('a', id)) }));
    const values = (row: number): number[] => [START + row * 100, ...ids.map((id) => row * id)];
    await Promise.all(
      Array.from({ length: 12 }, (_, part) =>
        store.commit(
          batch({
            rows: [
              rows(
                'a',
                ids,
                Array.from({ length: 700 }, (_row, i) => values(part * 700 + i)),
              ),
            ],
          }),
        ),
      ),
    );
    const samplesIn = async (tier: string): Promise<number> =>
      (await store.stats()).tiers.find((one) => one.tier === tier)?.samples ?? 0;
    // All but the last minute, which has not ended yet.
    await expect.poll(() => samplesIn('raw')).toBeGreaterThan(7_700 * 40);
    expect((await samplesIn('raw')) + (await samplesIn('journal'))).toBe(8_400 * 40);
    const read7 = await read(store, 7, START, START + HOUR);
    expect(read7).toEqual(Array.from({ length: 8_400 }, (_, row) => [row * 100, row * 7]));
  });

  it('takes rows in any order; of the same time the later wins, and null wins over nothing', async () => {
    const store = await harness.open();
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('a', 2)] }));
    await store.commit(
      batch({
        rows: [
          rows(
            'a',
            [1, 2],
            [
              [START + 3_000, 3, 30],
              [START + 1_000, 1, 10],
              [START + 3_000, 33, null],
            ],
          ),
        ],
      }),
    );
    await store.settle();
    await store.commit(
      batch({
        rows: [
          rows(
            'a',
            [1],
            [
              [START + 2_000, 2],
              [START + 1_000, 11],
            ],
          ),
        ],
      }),
    );
    const want = [
      [1_000, 11],
      [2_000, 2],
      [3_000, 33],
    ];
    expect(await read(store, 1, START, START + HOUR)).toEqual(want);
    await store.settle();
    expect(await read(store, 1, START, START + HOUR)).toEqual(want);
    expect(await read(store, 2, START, START + HOUR)).toEqual([
      [1_000, 10],
      [3_000, 30],
    ]);
    const [minute] = await store.query({ series: [1], from: START, to: START + 2 * MINUTE, points: 2 });
    expect(minute?.max).toEqual(Float64Array.of(33, Number.NaN));
    expect(minute?.min).toEqual(Float64Array.of(2, Number.NaN));
    expect(minute?.avg?.[0]).toBeCloseTo(46 / 3, 12);
  });

  it('turns counters into rates, over restarts, and over the edge of the range', async () => {
    const store = await harness.open();
    await store.commit(
      batch({
        series: [seriesOf('a', 1, 'counter')],
        rows: [
          rows(
            'a',
            [1],
            [
              [START, 100],
              [START + 1_000, 150],
              [START + 3_000, 20],
              [START + 4_000, 20],
            ],
          ),
        ],
      }),
    );
    for (let round = 0; round < 2; round++) {
      const all = await read(store, 1, START, START + HOUR);
      expect(all).toEqual([
        [0, Number.NaN],
        [1_000, 50],
        [3_000, 10],
        [4_000, 0],
      ]);
      expect(await read(store, 1, START + 1_000, START + 3_001)).toEqual(all.slice(1, 3));
      const [raw] = await store.query({ series: [1], from: START, to: START + HOUR, raw: true });
      expect(Array.from(raw?.v ?? [])).toEqual([100, 150, 20, 20]);
      const [minute] = await store.query({ series: [1], from: START, to: START + MINUTE, points: 1 });
      expect([minute?.min?.[0], minute?.max?.[0], minute?.avg?.[0]]).toEqual([0, 50, 17.5]);
      await store.settle();
    }
  });

  it('shows gaps as gaps', async () => {
    const store = await harness.open();
    const values = [0, 1, 2, 30, 31].map((minute) => [START + minute * MINUTE, minute]);
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], values)] }));
    await store.settle();
    const [columns] = await store.query({ series: [1], from: START, to: START + HOUR, points: 60 });
    const known = Array.from(columns?.avg ?? [], (value, i) => (Number.isNaN(value) ? -1 : i)).filter(
      (i) => i >= 0,
    );
    expect(known).toEqual([0, 1, 2, 30, 31]);
    expect(columns?.t[30]).toBe(START + 30 * MINUTE);
  });

  it('rolls up late rows as if they had come in time', async () => {
    const sample = fc.record({
      at: fc.nat(4 * 3_600),
      value: fc.integer({ min: 0, max: 50 }),
      group: fc.nat(5),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 40 }), async (samples) => {
        const late = await harness.open();
        const inTime = await harness.open();
        const series = [seriesOf('a', 1), seriesOf('a', 2, 'counter')];
        const unique = new Map(samples.map((one) => [one.at, one]));
        const sorted = [...unique.values()].sort((a, b) => a.at - b.at);
        const row = ({ at, value }: (typeof sorted)[number]): number[] => [
          START + at * 1_000,
          value,
          value * 3,
        ];
        await inTime.commit(batch({ series, rows: [rows('a', [1, 2], sorted.map(row))] }));
        await inTime.settle();
        await late.commit(batch({ series }));
        for (let group = 0; group <= 5; group++) {
          const part = sorted.filter((one) => one.group === group);
          await late.commit(batch({ rows: [rows('a', [1, 2], part.map(row))] }));
          await late.settle();
        }
        for (const points of [4, 40, 240]) {
          const query = { series: [1, 2], from: START, to: START + 4 * HOUR, points };
          expect(await late.query(query)).toEqual(await inTime.query(query));
        }
        await Promise.all([late.close(), inTime.close()]);
      }),
      { numRuns: 12 },
    );
  });

  it('answers from roll-ups what the samples say', async () => {
    const store = await harness.open();
    const values: number[][] = [];
    let count = 0;
    for (let i = 0; i < 4 * 360; i++) {
      count = i % 500 === 499 ? 3 : count + (i % 11);
      values.push([START + i * 10_000, Math.round(Math.sin(i / 50) * 1_000) / 10, count]);
    }
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('a', 2, 'counter')] }));
    for (let i = 0; i < values.length; i += 45) {
      await store.commit(batch({ rows: [rows('a', [1, 2], values.slice(i, i + 45))] }));
      if (i % 225 === 0) await store.settle();
    }
    await store.settle();
    const { tiers } = await store.stats();
    expect(tiers.find(({ tier }) => tier === 'hour')?.samples).toBeGreaterThan(0);
    for (const points of [4, 8, 48, 240]) {
      const to = START + 4 * HOUR;
      const [gauge, counter] = await store.query({ series: [1, 2], from: START, to, points });
      const width = (to - START) / points;
      const groups = Array.from({ length: points }, (): { gauges: number[]; rates: number[] } => ({
        gauges: [],
        rates: [],
      }));
      for (const [i, [time = 0, value = 0, reading = 0]] of values.entries()) {
        const group = groups[Math.floor((time - START) / width)];
        group?.gauges.push(value);
        const before = values[i - 1]?.[2];
        if (before !== undefined) group?.rates.push((reading >= before ? reading - before : reading) / 10);
      }
      for (const [i, { gauges, rates }] of groups.entries()) {
        expect(gauge?.min?.[i]).toBe(Math.min(...gauges));
        expect(gauge?.max?.[i]).toBe(Math.max(...gauges));
        expect(gauge?.avg?.[i]).toBeCloseTo(gauges.reduce((a, b) => a + b) / gauges.length, 9);
        expect(counter?.min?.[i]).toBeCloseTo(Math.min(...rates), 6);
        expect(counter?.max?.[i]).toBeCloseTo(Math.max(...rates), 6);
        expect(counter?.avg?.[i]).toBeCloseTo(rates.reduce((a, b) => a + b) / rates.length, 9);
      }
    }
  });

  it('shows the values of a series that was a counter once, or a gauge', async () => {
    const store = await harness.open();
    const values = Array.from({ length: 720 }, (_, i) => [START + i * 10_000, i, i]);
    const series = [seriesOf('a', 1, 'counter'), seriesOf('a', 2)];
    await store.commit(batch({ series, rows: [rows('a', [1, 2], values)] }));
    await store.settle();
    await store.commit(batch({ series: [seriesOf('a', 1), seriesOf('a', 2, 'counter')] }));
    const range = { from: START, to: START + 2 * HOUR, points: 8 };
    for (const raw of [false, true]) {
      const [wasCounter] = await store.query({ series: [1], ...range, raw });
      expect(Array.from(wasCounter?.min ?? [])).toEqual(Array.from({ length: 8 }, (_, i) => i * 90));
      expect(Array.from(wasCounter?.max ?? [])).toEqual(Array.from({ length: 8 }, (_, i) => i * 90 + 89));
    }
    const [wasGauge] = await store.query({ series: [2], ...range, raw: true });
    expect(Array.from(wasGauge?.max ?? [])).toEqual(Array.from({ length: 8 }, (_, i) => i * 90 + 89));
  });

  it('is exact where steps do not begin with minutes and hours', async () => {
    const store = await harness.open();
    const values = Array.from({ length: 2_000 }, (_, i) => [START + i * 7_000, (i * 37) % 101]);
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], values)] }));
    await store.settle();
    for (const [from, to, points] of [
      [START + 30_000, START + 4 * HOUR + 30_000, 3],
      [START + 12_345, START + 3 * HOUR - 4_321, 100],
      [START - HOUR + 1_000, START + 2 * HOUR + 61_000, 2],
    ] as const) {
      const [answer] = await store.query({ series: [1], from, to, points });
      const width = (to - from) / points;
      for (let step = 0; step < points; step++) {
        const inStep = values
          .filter(([time = 0]) => time >= from && Math.floor((time - from) / width) === step && time < to)
          .map(([, value = 0]) => value);
        const all = inStep.length > 0;
        expect(answer?.min?.[step]).toBe(all ? Math.min(...inStep) : Number.NaN);
        expect(answer?.max?.[step]).toBe(all ? Math.max(...inStep) : Number.NaN);
        const average = inStep.reduce((sum, value) => sum + value, 0) / inStep.length;
        if (all) expect(answer?.avg?.[step]).toBeCloseTo(average, 9);
      }
    }
  });

  it('leaves out rows that were on their way when their device was deleted', async () => {
    const store = await harness.open();
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], [[START, 1]])] }));
    await store.deleteDevice('a');
    await store.commit(batch({ rows: [rows('a', [1], [[START + 1, 2]])] }));
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], [[START + 2, 3]])] }));
    expect(await read(store, 1, START, START + 10)).toEqual([[2, 3]]);
  });

  it('scans the same samples in the same order, however they came and lie on disk', async () => {
    const [together, alone] = [await harness.open(), await harness.open()];
    const values = Array.from({ length: 30_000 }, (_, i) => [START - 20 * HOUR + i * 3_000, i % 97, i % 89]);
    const series = [seriesOf('a', 1), seriesOf('a', 2)];
    for (let i = 0; i < values.length; i += 500) {
      await together.commit(batch({ series, rows: [rows('a', [1, 2], values.slice(i, i + 500))] }));
    }
    await together.settle();
    for (const column of [1, 2]) {
      const one = values.map(([time = 0, ...cells]) => [time, cells[column - 1] ?? null]);
      await alone.commit(batch({ series, rows: [rows('a', [column], one)] }));
    }
    const pieces: [number, number, number][][] = [];
    for (const store of [together, alone]) {
      const all: [number, number, number][] = [];
      for await (const { series: id, t } of store.scan({ series: [1, 2], from: 0, to: START + DAY })) {
        all.push([id, t[0] ?? Number.NaN, t.length]);
      }
      pieces.push(all);
    }
    expect(pieces[1]).toEqual(pieces[0]);
    expect(pieces[0]?.length).toBeGreaterThan(4);
  });

  it('copes with clocks far ahead, far behind and with fractions', async () => {
    const store = await harness.open();
    const odd = [START + 0.125, START + 0.25, Date.UTC(2200, 0), Date.UTC(1970, 0, 2), -5];
    await store.commit(batch({ series: [seriesOf('a', 1)] }));
    for (const [i, time] of odd.entries()) await store.commit(batch({ rows: [rows('a', [1], [[time, i]])] }));
    await store.commit(
      batch({
        rows: [
          rows(
            'a',
            [1],
            [
              [Number.NaN, 9],
              [Number.POSITIVE_INFINITY, 9],
            ],
          ),
        ],
      }),
    );
    for (let round = 0; round < 2; round++) {
      expect(await read(store, 1, START, START + 1)).toEqual([
        [0.125, 0],
        [0.25, 1],
      ]);
      if (round === 0) {
        const [far] = await store.query({ series: [1], from: Date.UTC(2199, 0), to: Date.UTC(2201, 0) });
        expect(Array.from(far?.v ?? [])).toEqual([2]);
      }
      await store.settle();
    }
  });

  it('scans any range in order and in bounded pieces', async () => {
    const store = await harness.open();
    const count = 120_000;
    const t = Float64Array.from({ length: count }, (_, i) => START + i * 100);
    await store.commit(
      batch({
        series: [seriesOf('a', 1), seriesOf('b', 2, 'counter'), seriesOf('a', 3)],
        rows: [
          { device: 'a', series: Int32Array.of(1), t: t.slice(), v: t.map((_, i) => i) },
          rows(
            'b',
            [2],
            [
              [START, 5],
              [START + 9_000_000, 9_000_005],
            ],
          ),
        ],
      }),
    );
    const pieces: number[] = [];
    const query = { series: [1, 2, 3], from: START, to: START + 6 * HOUR };
    for await (const piece of store.scan(query)) pieces.push(piece.t.length);
    expect(Math.max(...pieces)).toBeLessThanOrEqual(50_000);
    expect(pieces.reduce((a, b) => a + b)).toBe(count + 2);
    await store.settle();
    const all = await collect(store.scan(query));
    expect(all.get(1)).toHaveLength(count);
    expect(all.get(1)?.every(([time, value], i) => time === i * 100 && value === i)).toBe(true);
    expect(all.get(2)).toEqual([
      [0, Number.NaN],
      [9_000_000, 1_000],
    ]);
    expect(all.has(3)).toBe(false);
  });

  it('stops a query that is cancelled and refuses one that is too large', async () => {
    const store = await harness.open();
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], [[START, 1]])] }));
    const controller = new AbortController();
    const cancelled = store.query({ series: [1], from: START, to: START + 1 }, controller.signal);
    controller.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    const endless = { series: [1], from: 0, to: START, points: 5_000_000 };
    await expect(store.query(endless)).rejects.toMatchObject({ code: 'QUERY_TOO_LARGE' });
    await expect(store.query({ ...endless, from: Number.NaN })).rejects.toMatchObject({ code: 'BAD_RANGE' });
    expect(await read(store, 1, START, START + 1)).toEqual([[0, 1]]);
  });

  it('keeps events, and lets them be changed', async () => {
    const store = await harness.open();
    const event = (id: number, device: string | null) =>
      ({ id, at: START + id, kind: 'text', level: 'info', device, text: `event ${id}` }) as const;
    await store.commit(batch({ events: [event(1, 'a'), event(2, null), event(3, 'a'), event(4, 'b')] }));
    const range = { from: START + 1, to: START + 4, limit: 10 };
    expect((await store.events(range)).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect((await store.events({ ...range, device: 'a', limit: 1 })).map(({ id }) => id)).toEqual([3]);
    await store.updateEvent(1, 'other words');
    await store.updateEvent(2, null);
    expect((await store.events(range)).map(({ text }) => text)).toEqual(['other words', 'event 3']);
  });

  it('forgets a device whole, and only that one', async () => {
    const dir = harness.dir();
    const store = await harness.open(dir);
    for (const [device, id] of [
      ['a', 1],
      ['b', 2],
    ] as const) {
      await store.commit(
        batch({
          series: [seriesOf(device, id)],
          rows: [
            rows(
              device,
              [id],
              [
                [START, id],
                [START + HOUR, id],
              ],
            ),
          ],
          marks: [{ device, stream: 's', seq: 1 }],
        }),
      );
    }
    await store.settle();
    await store.commit(batch({ rows: [rows('a', [1], [[START + 5, 1]])] }));
    await store.deleteDevice('a');
    expect(await read(store, 1, START, START + 2 * HOUR)).toEqual([]);
    await store.commit(batch({ series: [seriesOf('a', 3)], rows: [rows('a', [3], [[START, 3]])] }));
    await store.settle();
    expect(await read(store, 3, START, START + 2 * HOUR)).toEqual([[0, 3]]);
    expect(await read(store, 2, START, START + 2 * HOUR)).toHaveLength(2);
    expect((await store.stats()).tiers.find(({ tier }) => tier === 'raw')?.samples).toBe(3);
    await store.close();
    const again = await harness.open(dir);
    expect(again.contents.series.map(({ id }) => id).sort()).toEqual([2, 3]);
    expect(again.contents.marks).toEqual([{ device: 'b', stream: 's', seq: 1 }]);
  });

  it('gives the room of what is gone back to the file system', async () => {
    const dir = harness.dir();
    const fileBytes = (): number => statSync(join(dir, 'history.db')).size;
    const store = await harness.open(dir);
    const values = Array.from({ length: 40_000 }, (_, i) => [START + i * 1_000, Math.random()]);
    await store.commit(batch({ series: [seriesOf('a', 1)], rows: [rows('a', [1], values)] }));
    await store.settle();
    expect(fileBytes()).toBeGreaterThan(300_000);
    await store.deleteDevice('a');
    await store.settle();
    await store.close();
    expect(fileBytes()).toBeLessThan(200_000);
  });

  it('refuses everything once closed', async () => {
    const store = await harness.open();
    const last = store.commit(batch({ series: [seriesOf('a', 1)] }));
    await store.close();
    await expect(last).resolves.toBeUndefined();
    await expect(store.commit(batch({}))).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.stats()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await store.close();
  });
});
