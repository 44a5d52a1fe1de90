import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedFrame } from '@shared/hub-api';
import { FakeStore } from '../fakes/fake-store';
import { hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

const V1 = ['wirewatch.v1'];

describe('a full agent at the hub', () => {
  let test: TestHub;
  beforeEach(async () => {
    test = await startHub({ admit: 'open' });
  });
  afterEach(() => test.dispose());

  async function join(id: string, extra = {}): Promise<TestClient> {
    const agent = await TestClient.open(`${test.url}/agent`, V1);
    agent.send(hello(id, extra));
    await agent.message('welcome');
    return agent;
  }

  it('is welcomed, acknowledged and found with its samples by query', async () => {
    const agent = await join('nas');
    const now = Date.now();
    agent.send({
      type: 'schema',
      version: 1,
      series: [
        { name: 'system.cpu.utilization', unit: '1' },
        { name: 'system.network.io', labels: { 'network.io.direction': 'receive' }, kind: 'counter' },
      ],
    });
    agent.send({
      type: 'rows',
      seq: 1,
      schema: 1,
      rows: [
        [now - 3000, 0.25, 1000],
        [now - 2000, null, 3000],
        [now - 1000, 0.75, 500],
      ],
    });
    expect(await agent.message('ack')).toEqual({ type: 'ack', seq: 1 });
    const range = { from: now - 60_000, to: now + 1 };
    const cpu = await test.api.call('query', { device: 'nas', metric: 'system.cpu.utilization', ...range });
    expect(cpu.series[0]).toMatchObject({
      t: [now - 3000, now - 2000, now - 1000],
      v: [0.25, null, 0.75],
      unit: '1',
      kind: 'gauge',
    });
    const io = await test.api.call('query', { device: 'nas', metric: 'system.network.io', ...range });
    expect(io.series[0]?.v).toEqual([null, 2000, 500]);
    const raw = await test.api.call('query', {
      device: 'nas',
      metric: 'system.network.io',
      raw: true,
      ...range,
    });
    expect(raw.series[0]?.v).toEqual([1000, 3000, 500]);
    agent.end();
  });

  it('takes events with a sequence number in once, and dates those of a wrong clock itself', async () => {
    const agent = await join('teller');
    const now = Date.now();
    const event = { type: 'event', level: 'info', text: 'door opened', ts: -1e300 };
    agent.send({ ...event, seq: 3 });
    agent.send({ ...event, seq: 3 });
    agent.send({ ...event, seq: 4, text: 'door closed' });
    const seen = await eventually(
      () => test.api.call('listEvents', { device: 'teller' }),
      (events) => events.some(({ text }) => text === 'door closed'),
    );
    const told = seen.filter(({ kind }) => kind === 'text');
    expect(told.map(({ text }) => text)).toEqual(['door opened', 'door closed']);
    for (const { at } of told) expect(at).toBeGreaterThanOrEqual(now - 1_000);
    agent.end();
  });

  it('refuses samples from before 1970 with a notice, and acknowledges them', async () => {
    const agent = await join('old');
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[-1, 1]] });
    expect(await agent.message('notice')).toMatchObject({ code: 'TOO_OLD', seq: 1 });
    expect(await agent.message('ack')).toEqual({ type: 'ack', seq: 1 });
    agent.end();
  });

  it('takes rows with the same sequence number in once', async () => {
    const agent = await join('twice');
    const now = Date.now();
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq: 5, schema: 1, rows: [[now - 10, 1]] });
    agent.send({ type: 'rows', seq: 5, schema: 1, rows: [[now - 5, 2]] });
    await agent.message('ack');
    const again = await join('twice');
    expect(await again.message('welcome')).toMatchObject({ ackedSeq: 5, acked: { 'stream-twice': 5 } });
    again.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    again.send({ type: 'rows', seq: 5, schema: 1, rows: [[now - 5, 2]] });
    again.send({ type: 'rows', seq: 6, schema: 1, rows: [[now, 3]] });
    await eventually(
      () => again.heard.join(),
      (heard) => heard.includes('"seq":6'),
    );
    const answer = await test.api.call('query', { device: 'twice', from: now - 1000, to: now + 1000 });
    expect(answer.series[0]?.v).toEqual([1, 3]);
    expect(await agent.close()).toMatchObject({ code: 4004 });
    again.end();
  });

  it('refuses the newcomer when two machines with one identity fight over it', async () => {
    const agents: TestClient[] = [];
    for (let i = 0; i < 5; i++) {
      const agent = await TestClient.open(`${test.url}/agent`, V1);
      agent.send(hello('cloned'));
      agents.push(agent);
      if (i < 4) await agent.message('welcome');
    }
    expect(await agents[4]?.message('error')).toMatchObject({ code: 'DUPLICATE_DEVICE' });
    expect((await test.api.call('getRefused', {}))['DUPLICATE_DEVICE']).toBe(1);
    expect((await agents[4]?.close())?.code).toBe(4004);
    expect(agents[3]?.closed).toBeNull();
    const events = await test.api.call('listEvents', { device: 'cloned' });
    expect(events.some((event) => event.kind === 'superseded')).toBe(true);
  });

  it('samples four times a second while a feed looks at it, and as before afterwards', async () => {
    const agent = await join('watched');
    const feed = test.api.openFeed({ series: [], windowMs: 1000, flushMs: 50, focus: ['watched'] }, () => {});
    expect(await agent.message('configure')).toMatchObject({ intervalMs: 250 });
    const before = agent.heard.length;
    feed.close();
    expect(await agent.message('configure', before)).toMatchObject({ intervalMs: 1000 });
    agent.end();
  });

  it('answers what the user asks it through its open connection', async () => {
    const agent = await join('asked');
    const answer = test.api.call('requestDevice', { device: 'asked', method: 'processes.list' });
    const request = await agent.message('request');
    expect(request).toMatchObject({ method: 'processes.list', params: {} });
    agent.send({ type: 'result', id: request['id'], value: [{ pid: 1 }] });
    expect(await answer).toEqual([{ pid: 1 }]);
    const refused = test.api.call('requestDevice', { device: 'asked', method: 'nonsense' });
    const second = await agent.message('request', agent.heard.length);
    agent.send({ type: 'result', id: second['id'], error: { code: 'METHOD_NOT_FOUND', message: 'no' } });
    await expect(refused).rejects.toMatchObject({ code: 'METHOD_NOT_FOUND' });
    agent.end();
  });

  it('is seen live in a feed: a snapshot, then what is new', async () => {
    const agent = await join('live');
    const now = Date.now();
    agent.send({ type: 'schema', version: 1, series: [{ name: 'a' }, { name: 'b', kind: 'counter' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[now - 2000, 1, 10], [now - 1000, 2, 20]] }); // prettier-ignore
    await agent.message('ack');
    const series = await test.api.call('listSeries', { device: 'live' });
    const frames: FeedFrame[] = [];
    const ids = series.map((one) => one.id);
    const feed = test.api.openFeed({ series: ids, windowMs: 60_000, flushMs: 50 }, (frame) =>
      frames.push(frame),
    );
    await eventually(() => frames.length, (count) => count === 1); // prettier-ignore
    expect(frames[0]?.kind).toBe('snapshot');
    expect([...(frames[0]?.blocks[0]?.v ?? [])]).toEqual([1, 2, Number.NaN, 10]);
    agent.send({ type: 'rows', seq: 2, schema: 1, rows: [[now, 3, 50]] });
    await eventually(() => frames.length, (count) => count === 2); // prettier-ignore
    expect(frames[1]).toMatchObject({ kind: 'append', bootId: test.hub.bootId });
    expect([...(frames[1]?.blocks[0]?.v ?? [])]).toEqual([3, 30]);
    feed.close();
    agent.end();
  });

  it('gets late rows shown in place: their series come whole again', async () => {
    const agent = await join('late');
    const now = Date.now();
    agent.send({ type: 'schema', version: 1, series: [{ name: 'a' }] });
    agent.send({ type: 'rows', seq: 1, schema: 1, rows: [[now - 1000, 1]] });
    await agent.message('ack');
    const [series] = await test.api.call('listSeries', { device: 'late' });
    const frames: FeedFrame[] = [];
    test.api.openFeed({ series: [series?.id ?? 0], windowMs: 60_000, flushMs: 50 }, (frame) =>
      frames.push(frame),
    );
    await eventually(() => frames.length, (count) => count === 1); // prettier-ignore
    agent.send({ type: 'rows', seq: 1, schema: 1, stream: 'old', rows: [[now - 5000, 0.5]] });
    const whole = await eventually(
      () => frames.filter((frame) => frame.kind === 'snapshot'),
      (snapshots) => snapshots.length === 2,
    );
    expect([...(whole[1]?.blocks[0]?.v ?? [])]).toEqual([0.5, 1]);
    agent.end();
  });

  it('says goodbye properly when the hub stops', async () => {
    const agent = await join('goodbye');
    await test.dispose();
    expect(await agent.close()).toMatchObject({ code: 1001 });
  });
});

it('lets a device begin anew after its data was deleted', async () => {
  const test = await startHub({ admit: 'open', store: new FakeStore() });
  const now = Date.now();
  const send = async (seq: number): Promise<TestClient> => {
    const agent = await TestClient.open(`${test.url}/agent`, V1);
    agent.send(hello('anew'));
    await agent.message('welcome');
    agent.send({ type: 'schema', version: 1, series: [{ name: 'x' }] });
    agent.send({ type: 'rows', seq, schema: 1, rows: [[now - seq, seq]] });
    await agent.message('ack');
    return agent;
  };
  const agent = await send(1);
  await test.api.call('deleteDeviceData', { device: 'anew' });
  expect((await agent.close()).code).toBe(1013);
  expect(await test.api.call('listSeries', { device: 'anew' })).toEqual([]);
  await send(2);
  const answer = await test.api.call('query', { device: 'anew', from: now - 100, to: now + 1 });
  expect(answer.series[0]?.v).toEqual([2]);
  await test.dispose();
});
