import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateInfo } from '@shared/model';
import { startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { push } from '../fakes/push-client';
import { eventually } from '../patience';

describe('the texts that a device sends as values', () => {
  let test: TestHub;
  beforeEach(async () => {
    test = await startHub({ admit: 'open', limits: { statesPerDevice: 3 } });
  });
  afterEach(() => test.dispose());

  function states(until: (list: StateInfo[]) => boolean): Promise<StateInfo[]> {
    return eventually(async () => {
      const [device] = await test.api.call('listDevices', {});
      return device ? test.api.call('listStates', { device: device.id }) : [];
    }, until);
  }

  const texts = async (until: (list: StateInfo[]) => boolean = (list) => list.length > 0) =>
    (await states(until)).map(({ name, text }) => [name, text]);

  it('are states: what each is now, and since when', async () => {
    const client = await TestClient.open(test.url);
    const before = Date.now();
    client.send({ id: 'printer', state: 'idle', job: { name: 'benchy' }, temp: 20 });
    const first = await states((list) => list.length === 2);
    expect(first.map(({ name, text }) => [name, text])).toEqual([
      ['state', 'idle'],
      ['job.name', 'benchy'],
    ]);
    client.send({ id: 'printer', state: 'printing', job: { name: 'benchy' }, temp: 210 });
    const [state, job] = await states((list) => list[0]?.text === 'printing');
    expect(state).toMatchObject({ last: 'printing' });
    expect(state?.since).toBeGreaterThanOrEqual(before);
    expect(job?.since).toBe(first[1]?.since);
    expect(job?.heardAt).toBeGreaterThan(first[1]?.heardAt ?? Infinity);
  });

  it('are unknown once the device is gone, with what they were last', async () => {
    const client = await TestClient.open(test.url);
    client.send({ id: 'printer', state: 'printing' });
    await states((list) => list[0]?.text === 'printing');
    client.end();
    const [state] = await states((list) => list[0]?.text === null);
    expect(state).toMatchObject({ text: null, last: 'printing' });
  });

  it('go on over a new connection, and are no news if they are the same', async () => {
    const first = await TestClient.open(test.url);
    first.send({ id: 'printer', state: 'printing' });
    const [before] = await states((list) => list[0]?.text === 'printing');
    first.end();
    await states((list) => list[0]?.text === null);
    const second = await TestClient.open(test.url);
    second.send({ id: 'printer', state: 'printing' });
    const [after] = await states((list) => list[0]?.text === 'printing');
    expect(after?.since).toBe(before?.since);
    const events = await test.api.call('listEvents', { device: 'printer' });
    expect(events.filter(({ kind }) => kind === 'text').map(({ text }) => text)).toEqual(['state: printing']);
    second.end();
  });

  it('are not put back by a backlog that comes later', async () => {
    const client = await TestClient.open(test.url);
    const now = Date.now();
    client.send(`printer,host=p state="printing",temp=210 ${now}000000`);
    await states((list) => list[0]?.text === 'printing');
    client.send(`printer,host=p state="idle",temp=20 ${now - 60_000}000000`);
    client.send(`printer,host=p done=1 ${now + 1}000000`);
    await eventually(
      () => test.api.call('listSeries', { device: 'p' }),
      (series) => series.some(({ metric }) => metric === 'printer.done'),
    );
    expect(await texts()).toEqual([['printer.state', 'printing']]);
    client.end();
  });

  it('may be pushed over HTTP', async () => {
    const body = JSON.stringify({ id: 'printer', state: 'printing', temp: 210 });
    await push(test.hub.port, '/api/v1/samples', { headers: { 'Content-Type': 'application/json' }, body });
    expect(await texts()).toEqual([['state', 'printing']]);
  });

  it('are no more than the limit, and the device is told', async () => {
    const client = await TestClient.open(test.url);
    client.send({ id: 'printer', a: 'x', b: 'x', c: 'x', d: 'x' });
    expect(await client.message('notice')).toMatchObject({ code: 'TOO_MANY_STATES' });
    expect((await texts()).map(([name]) => name)).toEqual(['a', 'b', 'c']);
    client.end();
  });

  it('are gone with the data of the device', async () => {
    const client = await TestClient.open(test.url);
    client.send({ id: 'printer', state: 'printing', temp: 1 });
    await states((list) => list[0]?.text === 'printing');
    await test.api.call('deleteDeviceData', { device: 'printer' });
    expect(await test.api.call('listStates', { device: 'printer' })).toEqual([]);
  });
});
