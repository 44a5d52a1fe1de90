import { chartsFor } from '@shared/metrics/groups';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { ADMIN } from '../fakes/running-web';
import { eventually } from '../patience';

describe('a simple device at the hub', () => {
  let test: TestHub;
  beforeEach(async () => {
    test = await startHub({ admit: 'open' });
  });
  afterEach(() => test.dispose());

  async function values(device: string): Promise<Record<string, unknown>> {
    const now = Date.now();
    const { series } = await test.api.call('query', { device, from: now - 60_000, to: now + 60_000 });
    return Object.fromEntries(series.map((one) => [one.metric + JSON.stringify(one.labels), one.v?.at(-1)]));
  }

  it('just sends JSON: nested numbers and booleans become series of the device it names', async () => {
    const device = await TestClient.open(test.url);
    device.send({ id: 'attic', temp: 21.5, door: { open: true }, note: 'hi' });
    await eventually(
      () => test.api.call('listDevices', {}),
      ([first]) => first?.seriesCount === 2,
    );
    expect(await values('attic')).toEqual({ 'temp{}': 21.5, 'door.open{}': 1 });
    device.end();
  });

  it('is told apart by its address when it gives no id, and may send a bare number', async () => {
    const device = await TestClient.open(test.url);
    device.send('42.5');
    await eventually(
      () => test.api.call('listDevices', {}),
      (list) => list[0]?.id === 'ip:127.0.0.1' && list[0].seriesCount === 1,
    );
    expect(await values('ip:127.0.0.1')).toEqual({ 'value{}': 42.5 });
    device.end();
  });

  it('may send Influx line protocol in binary frames, as Telegraf does', async () => {
    const device = await TestClient.open(`${test.url}/agent`);
    const ns = `${Date.now()}000000`;
    device.send(
      Buffer.from(`cpu,host=box,cpu=cpu0 usage_idle=97.5,busy=2i ${ns}\nmem,host=box used=5i ${ns}\n`),
    );
    await eventually(
      () => test.api.call('listDevices', {}),
      (list) => list[0]?.id === 'box' && list[0].seriesCount === 3,
    );
    expect(await values('box')).toEqual({
      'cpu.usage_idle{"cpu":"cpu0"}': 97.5,
      'cpu.busy{"cpu":"cpu0"}': 2,
      'mem.used{}': 5,
    });
    device.end();
  });

  it('is a computer when it sends what computers send, and a board before', async () => {
    const device = await TestClient.open(`${test.url}/agent`);
    const kind = async () => (await test.api.call('listDevices', {}))[0]?.kind;
    device.send('cpu,host=box usage_idle=97.5');
    await eventually(kind, (now) => now === 'board');
    device.send('mem,host=box used=5i,used_percent=12.5');
    await eventually(kind, (now) => now === 'computer');
    device.end();
    await device.close();
    const again = await TestClient.open(`${test.url}/agent`);
    again.send('cpu,host=box usage_idle=97.5');
    await eventually(
      () => test.api.call('listDevices', {}),
      ([box]) => box?.state === 'online',
    );
    expect(await kind()).toBe('computer');
    again.end();
  });

  it('has the three phases of a meter in volts', async () => {
    const device = await TestClient.open(test.url);
    device.send({ id: 'meter', voltage: { a: 230.1, b: 231, c: 229.9 } });
    const series = await eventually(
      () => test.api.call('listSeries', { device: 'meter' }).catch(() => []),
      (list) => list.length === 3,
    );
    expect(series.map(({ unit }) => unit)).toEqual(['V', 'V', 'V']);
    expect(chartsFor(series)).toHaveLength(1);
    device.end();
  });

  it('gets no peak from a counter that jitters', async () => {
    const device = await TestClient.open(`${test.url}/agent`);
    const now = Date.now() - 5_000;
    for (const [i, bytes] of [1e12, 1e12 + 500, 1e12 + 499, 1e12 + 1_000].entries()) {
      device.send(`net,host=box bytes_recv=${bytes}i ${now + i * 1_000}000000`);
    }
    const read = () => test.api.call('query', { device: 'box', from: now, to: now + 10_000 });
    const { series } = await eventually(
      () => read().catch(() => ({ series: [] })),
      (answer) => answer.series[0]?.t.length === 4,
    );
    expect(series[0]).toMatchObject({ kind: 'counter', unit: 'By', v: [null, 500, 0, 501] });
    device.end();
  });

  it('gets an answer to any text, which is kept as an event', async () => {
    const device = await TestClient.open(test.url);
    device.send('Hello, server!');
    expect(await device.message('notice')).toMatchObject({ code: 'NOT_METRICS' });
    device.end();
    expect((await device.close()).code).toBe(1000);
    const events = await eventually(
      () => test.api.call('listEvents', {}),
      (list) => list.some(({ kind }) => kind === 'text'),
    );
    expect(events.filter(({ kind }) => kind === 'text')).toMatchObject([
      { device: 'ip:127.0.0.1', text: 'Hello, server!' },
    ]);
  });

  it('keeps what it said of the past where it said, and its clock is shown', async () => {
    const device = await TestClient.open(test.url);
    const before = Date.now() - 30_000;
    device.send({ type: 'metrics', ts: before, values: { 'net{iface=eth0}': 1 } });
    device.send({ type: 'metrics', ts: before + 1_000, values: { 'net{iface=eth0}': 2 } });
    await eventually(
      () => test.api.call('listDevices', {}),
      ([first]) => first?.seriesCount === 1 && first.clockOffsetMs !== null,
    );
    expect(await values('ip:127.0.0.1')).toEqual({ 'net{"iface":"eth0"}': 2 });
    const [info] = await test.api.call('listDevices', {});
    expect(info?.clockOffsetMs).toBeLessThan(-20_000);
    device.end();
  });

  it('loses nothing that was under way when the hub said that it stops', async () => {
    const device = await TestClient.open(test.url);
    device.send({ id: 'attic', temp: 1 });
    await eventually(
      () => test.api.call('listDevices', {}),
      ([first]) => first?.seriesCount === 1,
    );
    device.socket.pause();
    const stopped = test.hub.dispose();
    device.send({ id: 'attic', temp: 2 });
    const range = { from: Date.now() - 60_000, to: Date.now() + 60_000 };
    await eventually(
      () => test.hub.execute('query', { device: 'attic', ...range }, ADMIN),
      ({ series }) => series[0]?.v?.at(-1) === 2,
    );
    device.socket.resume();
    await stopped;
    expect((await device.close()).code).toBe(1001);
  });

  it('gets "You sent" from /echo and its own frames back from /echo/raw', async () => {
    const echo = await TestClient.open(`${test.url}/echo`);
    echo.send('ping');
    expect(await echo.text()).toBe('You sent: ping');
    const raw = await TestClient.open(`${test.url}/echo/raw`);
    const now = String(Date.now());
    raw.send(now);
    expect(await raw.text()).toBe(now);
    echo.end();
    raw.end();
  });
});
