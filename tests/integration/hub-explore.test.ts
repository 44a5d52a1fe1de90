import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BoardDraft } from '@shared/boards/board';
import { EMPTY_VIEW } from '@shared/explore/explore-view';
import type { TopicMessages } from '@shared/hub-api';
import { connectApi, hello, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

let running: TestHub;
const clients: TestClient[] = [];
beforeEach(async () => {
  running = await startHub({ admit: 'open' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end();
  await running.dispose();
});

async function connectDevice(id: string, metrics: string[]): Promise<void> {
  const client = await TestClient.open(`${running.url}/agent`, ['wirewatch.v1']);
  clients.push(client);
  client.send(hello(id));
  await client.message('welcome');
  client.send({ type: 'schema', version: 1, series: metrics.map((name) => ({ name })) });
  client.send({ type: 'rows', seq: 1, schema: 1, rows: [[Date.now(), ...metrics.map(() => 1)]] });
  await eventually(
    () => running.api.call('listSeries', { device: id }),
    (list) => list.length === metrics.length,
  );
}

function board(id: string, name = id): BoardDraft {
  return { id, name, range: '1h', panels: [] };
}

describe('exploring', () => {
  it('finds the series of all devices, and by their names again whatever their ids are', async () => {
    await connectDevice('kiln', ['temp', 'draught']);
    await connectDevice('barn', ['temp']);
    const found = await running.api.call('searchSeries', { text: 'temp' });
    expect(found).toMatchObject({ total: 2, groupCount: 1, groups: [{ count: 2 }] });
    const resolved = await running.api.call('resolveSeries', {
      groups: [{ metric: 'temp', labels: {}, devices: ['kiln', 'barn', 'gone'] }],
    });
    expect(resolved.map(({ device }) => device)).toEqual(['kiln', 'barn']);
    expect(resolved.map(({ id }) => id)).toEqual(
      expect.arrayContaining(found.groups[0]?.series.map(({ id }) => id) ?? []),
    );
  });

  it('refuses selections without bounds', async () => {
    const devices = Array.from({ length: 300 }, (_, i) => `d${i}`);
    const groups = ['a', 'b'].map((metric) => ({ metric, labels: {}, devices }));
    await expect(running.api.call('resolveSeries', { groups })).rejects.toMatchObject({ code: 'BAD_PARAMS' });
    await expect(running.api.call('searchSeries', { text: 'x', limit: 501 })).rejects.toMatchObject({
      code: 'BAD_PARAMS',
    });
  });
});

describe('boards of several UIs', () => {
  it('stay in step, and two changes at a time do not undo one another', async () => {
    const other = connectApi(running.hub);
    await eventually(
      () => other.call('getHub', {}).catch(() => null),
      (hub) => hub !== null,
    );
    const heard: TopicMessages['boards'][] = [];
    other.subscribe('boards', {}, (message) => heard.push(message));
    const made = await running.api.call('saveBoard', { board: board('wall'), revision: null });
    await eventually(
      () => heard,
      (list) => list.length === 2,
    );
    expect(heard).toMatchObject([
      { full: true, changed: [] },
      { full: false, changed: [{ id: 'wall', revision: made.revision }] },
    ]);

    const theirs = await other.call('getBoard', { board: 'wall' });
    await running.api.call('saveBoard', { board: board('wall', 'Mine'), revision: made.revision });
    await expect(
      other.call('saveBoard', { board: board('wall', 'Theirs'), revision: theirs.revision }),
    ).rejects.toMatchObject({ code: 'CONFLICT' });
    expect((await other.call('getBoard', { board: 'wall' })).name).toBe('Mine');

    await running.api.call('deleteBoard', { board: 'wall' });
    await eventually(
      () => heard,
      (list) => list.at(-1)?.removed[0] === 'wall',
    );
    await expect(other.call('getBoard', { board: 'wall' })).rejects.toMatchObject({ code: 'NO_SUCH_BOARD' });
  });

  it('are checked at the edge like everything that comes from a UI', async () => {
    const hostile: unknown[] = [
      { ...board('../../etc'), name: 'x' },
      { ...board('a'), name: '' },
      { ...board('a'), range: '1000y' },
      {
        ...board('a'),
        panels: [{ id: 'p', title: 'x', width: 6, rows: 2, view: { ...EMPTY_VIEW, groups: [{}] } }],
      },
    ];
    for (const one of hostile) {
      await expect(
        running.api.call('saveBoard', { board: one as BoardDraft, revision: null }),
      ).rejects.toMatchObject({ code: 'BAD_PARAMS' });
    }
  });
});
