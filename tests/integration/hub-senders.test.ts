import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

/** Who a reading is from, and what is kept of a message with something wrong in it: as real senders send them. */
describe('a client that sends text', () => {
  let test: TestHub;
  beforeEach(async () => {
    test = await startHub({ admit: 'open' });
  });
  afterEach(() => test.dispose());

  const from = (localAddress: string) => TestClient.open(test.url, [], { localAddress });

  /** Every series of a device with its values in time order. */
  async function stored(device: string): Promise<Record<string, unknown[]>> {
    const now = Date.now();
    const { series } = await test.api.call('query', { device, from: now - 900_000, to: now + 60_000 });
    return Object.fromEntries(series.map(({ metric, v }) => [metric, v ?? []]));
  }

  function devices(count: number) {
    return eventually(
      () => test.api.call('listDevices', {}),
      (list) => list.length === count && list.every(({ seriesCount }) => seriesCount > 0),
    );
  }

  it('may report for several hosts, and each is a device of its own', async () => {
    const client = await TestClient.open(test.url);
    client.send(`temp,host=attic value=1 ${Date.now()}000000\ntemp,host=cellar value=99 ${Date.now()}000000`);
    expect((await devices(2)).map(({ id }) => id).sort()).toEqual(['attic', 'cellar']);
    expect(await stored('attic')).toEqual({ temp: [1] });
    expect(await stored('cellar')).toEqual({ temp: [99] });
    client.end();
    const gone = await eventually(
      () => test.api.call('listDevices', {}),
      (list) => list.every(({ state }) => state === 'offline'),
    );
    expect(gone).toHaveLength(2);
  });

  it.each(['Connected', 'ping', '{"status":"online"}', '{"uptime":5}', '{"broken', '{}'])(
    'is not pinned down by a first message such as %s',
    async (first) => {
      const client = await TestClient.open(test.url);
      client.send(first);
      client.send({ id: 'esp-attic', temp: 21 });
      client.send({ temp: 22 });
      const [device] = await devices(1);
      expect(device?.id).toBe('esp-attic');
      expect((await stored('esp-attic'))['temp']).toEqual([21, 22]);
      client.end();
    },
  );

  it('is its address when it never names itself', async () => {
    const client = await TestClient.open(test.url);
    client.send({ temp: 21 });
    const [device] = await devices(1);
    expect(device?.id).toBe('ip:127.0.0.1');
    client.end();
  });

  it('may have a number for an id', async () => {
    const client = await TestClient.open(test.url);
    client.send('{"id":1234567890,"temp":1}');
    const [device] = await devices(1);
    expect(device).toMatchObject({ id: '1234567890', seriesCount: 1 });
    client.end();
  });

  it('keeps its name in any script, and stays apart from others whose letters do not fit an id', async () => {
    const names = ['Кухня', 'Гараж', '寝室の部屋', 'Bär', 'Bör', `${'x'.repeat(80)}1`, `${'x'.repeat(80)}2`];
    const clients = await Promise.all(names.map(() => TestClient.open(test.url)));
    for (const [i, client] of clients.entries()) client.send({ name: names[i] ?? '', temp: i });
    const list = await devices(names.length);
    expect(list.map(({ name }) => name).sort()).toEqual([...names].sort());
    for (const client of clients) client.end();
  });

  it('is two devices when two machines of one name are there at the same time', async () => {
    const [first, second] = [await from('127.0.0.2'), await from('127.0.0.3')];
    first.send('cpu,host=raspberrypi usage=1');
    await devices(1);
    second.send('cpu,host=raspberrypi usage=99');
    const list = await devices(2);
    expect(list.map(({ name }) => name)).toEqual(['raspberrypi', 'raspberrypi']);
    expect(await Promise.all(list.map(({ id }) => stored(id)))).toEqual([
      { 'cpu.usage': [1] },
      { 'cpu.usage': [99] },
    ]);
    first.end();
    second.end();
  });

  it('loses no more than the value that is not a number, and is told which', async () => {
    const client = await TestClient.open(test.url);
    for (const [temp, hum] of [
      ['21.5', 40],
      ['nan', 41],
      ['NaN', 42],
      ['-inf', 43],
    ] as const) {
      client.send(`{"id":"dht","temp":${temp},"hum":${hum}}`);
    }
    await eventually(
      () => stored('dht').catch(() => ({})),
      (series: Record<string, unknown[]>) => series['hum']?.length === 4,
    );
    const series = await stored('dht');
    expect(series['hum']).toEqual([40, 41, 42, 43]);
    expect(series['temp']?.filter((value) => value !== null)).toEqual([21.5]);
    await client.message('notice');
    client.end();
    await client.close();
    const notices = client.heard.filter((text) => text.includes('"notice"'));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('NOT_A_NUMBER');
    expect(notices[0]).toContain('nan');
  });

  it('keeps five readings that came in one burst without a time', async () => {
    const client = await TestClient.open(test.url);
    client.send('{"id":"imu","n":0}');
    for (const n of [1, 2, 3, 4]) client.send(`{"n":${n}}`);
    await eventually(
      () => stored('imu').catch(() => ({})),
      (series: Record<string, unknown[]>) => series['n']?.length === 5,
    );
    expect((await stored('imu'))['n']).toEqual([0, 1, 2, 3, 4]);
    client.end();
  });

  it("stores a backlog where it says, oldest first, and goes on live: Telegraf's way after a cut", async () => {
    const client = await TestClient.open(test.url);
    const now = Date.now();
    for (const [offset, value] of [
      [-600_000, 30],
      [-590_000, 31],
      [0, 40],
      [1_000, 41],
    ] as const) {
      client.send(`cpu,host=nas usage=${value} ${now + offset}000000`);
    }
    await devices(1);
    const times = await eventually(
      async () => {
        const range = { device: 'nas', from: now - 900_000, to: now + 60_000 };
        return (await test.api.call('query', range)).series[0]?.t ?? [];
      },
      (t) => t.length === 4,
    );
    expect(times.map((time) => time - now)).toEqual([-600_000, -590_000, 0, 1_000]);
    client.end();
  });

  it('may be silent for longer than a hello may take, unless it offered wirewatch.v1', async () => {
    const strict = await startHub({ admit: 'open', limits: { helloTimeoutMs: 600 } });
    const ours = await TestClient.open(strict.url, ['wirewatch.v1']);
    const telegraf = await TestClient.open(strict.url);
    expect((await ours.close()).code).toBe(4006);
    telegraf.send('cpu,host=nas usage=1');
    await eventually(
      () => strict.api.call('listDevices', {}),
      ([device]) => device?.seriesCount === 1,
    );
    telegraf.end();
    await strict.dispose();
  });

  describe('for more devices than one connection may', () => {
    const notices = (client: TestClient) =>
      client.heard.flatMap((text) =>
        text.includes('"notice"') ? [JSON.parse(text) as { code: string }] : [],
      );

    it('keeps those that came first, and hears of the others', async () => {
      await test.dispose();
      test = await startHub({ admit: 'open', limits: { devicesPerConnection: 2 } });
      const client = await TestClient.open(test.url);
      client.send('temp,host=a value=1\ntemp,host=b value=2\ntemp,host=c value=3');
      expect(await client.message('notice')).toMatchObject({
        code: 'TOO_MANY_DEVICES',
        message: expect.stringContaining('"c"') as string,
      });
      client.send('temp,host=a value=4\n');
      await eventually(
        () => stored('a'),
        ({ temp }) => temp?.at(-1) === 4,
      );
      expect((await devices(2)).map(({ id }) => id).sort()).toEqual(['a', 'b']);
      client.end();
    });

    it('does not have those judged again and again that were turned away, and remembers few of them', async () => {
      await test.dispose();
      test = await startHub({ admit: 'open', limits: { devicesPerConnection: 2 } });
      const client = await TestClient.open(test.url);
      client.send('temp,host=a value=0\n');
      await devices(1);
      await test.api.call('updateSettings', { admit: 'token' });
      let value = 0;
      /** How often senders without a token were judged, after this one has sent. */
      const judgedAfter = async (host: string): Promise<number> => {
        value++;
        client.send(`temp,host=${host} value=1\ntemp,host=a value=${value}\n`);
        await eventually(
          () => stored('a'),
          ({ temp }) => temp?.at(-1) === value,
        );
        return (await test.api.call('getRefused', {}))['TOKEN_NEEDED'] ?? 0;
      };
      expect(await judgedAfter('b')).toBe(1);
      expect(await judgedAfter('b')).toBe(1);
      expect(await judgedAfter('c')).toBe(2);
      expect(await judgedAfter('b')).toBe(2);
      // One more than is remembered: all of them are judged anew.
      expect(await judgedAfter('d')).toBe(3);
      expect(await judgedAfter('b')).toBe(4);
      expect(notices(client).every(({ code }) => code === 'TOKEN_NEEDED')).toBe(true);
      client.end();
    });
  });
});
