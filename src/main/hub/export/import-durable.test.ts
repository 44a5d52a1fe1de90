import { afterEach, describe, expect, it } from 'vitest';
import { hello, startHub, TestClient, type TestHub } from '../../../../tests/fakes/hub-harness';
import { GatedStore } from '../../../../tests/fakes/gated-store';
import { eventually } from '../../../../tests/patience';

const DAY_MS = 86_400_000;

let running: TestHub | undefined;
afterEach(async () => {
  await running?.dispose();
  running = undefined;
});

async function start(): Promise<{ test: TestHub; store: GatedStore }> {
  const store = new GatedStore();
  running = await startHub({ store, admit: 'open' });
  return { test: running, store };
}

const line = (t: readonly number[], device = 'tank'): Uint8Array =>
  Buffer.from(`${JSON.stringify({ device, metric: 'level', t, v: t.map(() => 1) })}\n`);

async function* piecesOf(...pieces: Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

const turns = async (count = 50): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

describe('an import', () => {
  it('is over when all of it is on disk, not before', async () => {
    const { test, store } = await start();
    let isOver = false;
    store.commitsAtOnce = false;
    const done = test.hub.importSamples(piecesOf(line([1_000, 2_000]))).then((summary) => {
      isOver = true;
      return summary;
    });
    // What it waits for first is what came before it.
    await eventually(() => store.waiting > 0);
    store.letThrough();
    store.commitsAtOnce = false;
    await eventually(() => store.waiting > 0 || isOver);
    await turns();
    expect(isOver).toBe(false);
    store.letThrough();
    expect(await done).toEqual({ lines: 1, samples: 2, series: 1, devices: 1 });
  });

  it('is not over when the disk refuses it, and says so', async () => {
    const { test, store } = await start();
    store.failing = true;
    await expect(test.hub.importSamples(piecesOf(line([1_000])))).rejects.toMatchObject({
      code: 'STORE_FULL',
    });
  });

  it('reads on no faster than the disk takes in', async () => {
    const { test, store } = await start();
    let pulled = 0;
    const times = Array.from({ length: 10_000 }, (_, i) => i);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (; pulled < 14; pulled++) {
        if (pulled === 1) store.commitsAtOnce = false;
        yield await Promise.resolve(line(times.map((time) => pulled * 10_000 + time)));
      }
    }
    const done = test.hub.importSamples(endless());
    await eventually(() => store.waiting > 0 && pulled > 8);
    await turns();
    expect(pulled).toBeLessThanOrEqual(10);
    store.letThrough();
    expect(await done).toMatchObject({ samples: 140_000 });
  });

  it('takes samples of up to a day in the future, and none beyond', async () => {
    const { test } = await start();
    const at = Date.now() + DAY_MS;
    await expect(test.hub.importSamples(piecesOf(line([at - 60_000])))).resolves.toMatchObject({
      samples: 1,
    });
    await expect(test.hub.importSamples(piecesOf(line([1, at + 60_000])))).rejects.toMatchObject({
      code: 'FUTURE_TIME',
      message: expect.stringMatching(/^Line 1: /) as string,
    });
  });

  it('names the line that is wrong, counted from where the file went on', async () => {
    const { test } = await start();
    const wrong = test.hub.importSamples(piecesOf(line([1]), Buffer.from('\nx\n')), { firstLine: 100 });
    await expect(wrong).rejects.toMatchObject({ message: expect.stringMatching(/^Line 102: /) as string });
  });

  it('takes lines of up to eight mebibytes', async () => {
    const { test } = await start();
    const limit = 8 * 1024 * 1024;
    const padded = (bytes: number): Uint8Array => {
      const text = line([1]);
      return Buffer.concat([
        text.subarray(0, -1),
        Buffer.alloc(bytes - text.length + 1, ' '),
        Buffer.from('\n'),
      ]);
    };
    await expect(test.hub.importSamples(piecesOf(padded(limit)))).resolves.toMatchObject({ samples: 1 });
    await expect(test.hub.importSamples(piecesOf(padded(limit + 1)))).rejects.toMatchObject({
      code: 'LINE_TOO_LONG',
    });
  });

  it('goes into one device when told to, and then may name only one', async () => {
    const { test } = await start();
    const both = piecesOf(line([1], 'tank'), line([2], 'well'));
    await expect(test.hub.importSamples(both, { device: 'new' })).rejects.toMatchObject({
      code: 'SEVERAL_DEVICES',
    });
    const devices = await test.api.call('listDevices', {});
    expect(devices.map(({ id }) => id)).toEqual(['new']);
  });
});

describe('a device that is removed', () => {
  async function withTank() {
    const { test, store } = await start();
    const now = Date.now();
    await test.hub.importSamples(piecesOf(line([now - 2_000, now - 1_000]), line([now - 1_000], 'well')));
    await test.api.call('addNote', { at: now, text: 'a note', device: 'tank' });
    const samplesOf = async (device: string): Promise<number> => {
      let text = '';
      const query = { format: 'ndjson', raw: true, time: 'ms', from: 0, to: now, device } as const;
      try {
        for await (const piece of test.hub.exportSamples(query)) text += piece;
      } catch {
        return 0;
      }
      return text.split('\n').filter(Boolean).length;
    };
    return { test, store, samplesOf };
  }

  it('leaves history, memory and the list of events', async () => {
    const { test, store, samplesOf } = await withTank();
    expect(await samplesOf('tank')).toBeGreaterThan(0);
    await test.api.call('removeDevice', { device: 'tank' });
    expect(store.deleted).toEqual(['tank']);
    expect([await samplesOf('tank'), (await samplesOf('well')) > 0]).toEqual([0, true]);
    const series = await test.api.call('listSeries', { device: 'well' });
    expect(series).toHaveLength(1);
    await expect(test.api.call('listSeries', { device: 'tank' })).rejects.toMatchObject({
      code: 'NO_SUCH_DEVICE',
    });
  });

  it('leaves the list of events of a hub that keeps them in memory', async () => {
    running = await startHub({ admit: 'open' });
    const { api, url } = running;
    for (const id of ['tank', 'well']) {
      const client = await TestClient.open(`${url}/agent`, ['wirewatch.v1']);
      client.send(hello(id));
      await client.message('welcome');
      client.end();
      await api.call('addNote', { at: 1_000, text: `a note about ${id}`, device: id });
    }
    await api.call('removeDevice', { device: 'tank' });
    const notes = (await api.call('listEvents', {})).filter(({ kind }) => kind === 'note');
    expect(notes.map(({ text }) => text)).toEqual(['a note about well']);
  });

  it('stays when only its data is deleted', async () => {
    const { test, store } = await withTank();
    await test.api.call('deleteDeviceData', { device: 'tank' });
    expect(store.deleted).toEqual(['tank']);
    expect((await test.api.call('listDevices', {})).map(({ id }) => id).sort()).toEqual(['tank', 'well']);
    expect(await test.api.call('listSeries', { device: 'tank' })).toHaveLength(0);
  });
});
