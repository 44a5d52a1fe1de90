import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { QueryResult } from '@shared/model';
import { SUBPROTOCOL } from '@shared/protocol/limits';
import { startRunningWeb, type RunningWeb } from '../../../../tests/fakes/running-web';

const START = Math.floor(Date.now() / 1_000) * 1_000 - 60_000;

describe('the HTTP API', () => {
  let running: RunningWeb;
  let agent: WebSocket;

  beforeAll(async () => {
    running = await startRunningWeb();
    agent = new WebSocket(`ws://127.0.0.1:${running.port}/agent`, SUBPROTOCOL);
    await once(agent, 'open');
    const send = (message: unknown) => agent.send(JSON.stringify(message));
    const acked = new Promise<void>((resolve) => {
      agent.on('message', (data: Buffer) => {
        if (data.toString().includes('"ack"')) resolve();
      });
    });
    send({
      type: 'hello',
      device: { id: 'pump', name: 'Pump', kind: 'board', tags: ['cellar'] },
      agent: 'test/1',
      token: running.hub.internalToken,
    });
    send({
      type: 'schema',
      version: 1,
      series: [
        { name: 'flow', unit: 'L/min', labels: { pipe: 'a' } },
        { name: 'turns', unit: '1', kind: 'counter' },
      ],
    });
    const rows = [0, 1, 2, 3].map((i) => [START + i * 1_000, i === 2 ? null : 10 + i, i * 50]);
    send({ type: 'rows', seq: 1, schema: 1, rows });
    await acked;
  });
  afterAll(async () => {
    agent.terminate();
    await running.dispose();
  });

  it('lists devices with the documented fields', async () => {
    const answer = await running.ask('/api/v1/devices');
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.json()).toEqual({
      devices: [
        expect.objectContaining({
          id: 'pump',
          name: 'Pump',
          kind: 'board',
          state: 'online',
          reason: null,
          address: '127.0.0.1',
          tags: ['cellar'],
          seriesCount: 2,
        }),
      ],
    });
    const [device] = (answer.json() as { devices: Record<string, unknown>[] }).devices;
    expect(typeof device?.['connectedAt']).toBe('number');
    expect(typeof device?.['lastSeenAt']).toBe('number');
    expect(answer.body).toContain('"rttMs"');
    expect(answer.body).toContain('"clockOffsetMs"');
  });

  it('lists the series of a device', async () => {
    const answer = await running.ask('/api/v1/series?device=pump');
    expect(answer.json()).toMatchObject({
      series: [
        { device: 'pump', metric: 'flow', labels: { pipe: 'a' }, unit: 'L/min', kind: 'gauge' },
        { device: 'pump', metric: 'turns', kind: 'counter' },
      ],
    });
  });

  it('answers a query with columns, null where nothing came and counters as rates', async () => {
    const answer = await running.ask(`/api/v1/query?device=pump&from=${START}&to=${START + 4_000}`);
    const { series } = answer.json() as QueryResult;
    expect(series[0]).toMatchObject({
      device: 'pump',
      metric: 'flow',
      labels: { pipe: 'a' },
      unit: 'L/min',
      kind: 'gauge',
      t: [START, START + 1_000, START + 2_000, START + 3_000],
      v: [10, 11, null, 13],
    });
    expect(series[1]?.v?.slice(1)).toEqual([50, 50, 50]);
  });

  it('sends counters as they are with raw=1, and ranges without their end', async () => {
    const target = `/api/v1/query?device=pump&metric=turns&raw=1&from=${START}&to=${START + 3_000}`;
    const { series } = (await running.ask(target)).json() as QueryResult;
    expect(series).toHaveLength(1);
    expect(series[0]?.v).toEqual([0, 50, 100]);
  });

  it('sums up in as many points as asked', async () => {
    const target = `/api/v1/query?device=pump&metric=flow&from=${START}&to=${START + 4_000}&points=2`;
    const { series } = (await running.ask(target)).json() as QueryResult;
    expect(series[0]).toMatchObject({
      t: [START, START + 2_000],
      min: [10, 13],
      max: [11, 13],
      avg: [10.5, 13],
    });
  });

  it('takes times as ISO 8601 and relative to now, and the last 15 minutes by default', async () => {
    const iso = `${new Date(START).toISOString()}&to=now`;
    for (const range of ['', '&from=-5m', `&from=${iso}`, '&from=-1h&to=-1s']) {
      const { series } = (await running.ask(`/api/v1/query?device=pump${range}`)).json() as QueryResult;
      expect(series[0]?.t.length, range).toBe(4);
    }
  });

  it('answers for all devices that have a metric', async () => {
    const { series } = (await running.ask('/api/v1/query?metric=flow')).json() as QueryResult;
    expect(series.map(({ device }) => device)).toEqual(['pump']);
    expect((await running.ask('/api/v1/query?metric=nothing')).json()).toEqual({ series: [] });
  });

  it.each([
    ['/api/v1/query', 400, 'MISSING_PARAMETER'],
    ['/api/v1/query?device=nobody', 404, 'NO_SUCH_DEVICE'],
    ['/api/v1/query?device=pump&from=yesterday', 400, 'BAD_TIME'],
    ['/api/v1/query?device=pump&from=-5m&to=-10m', 400, 'EMPTY_RANGE'],
    ['/api/v1/query?device=pump&points=0', 400, 'BAD_PARAMETER'],
    ['/api/v1/query?device=pump&points=99999', 400, 'BAD_PARAMETER'],
    ['/api/v1/query?device=pump&raw=yes', 400, 'BAD_PARAMETER'],
    ['/api/v1/query?device=pump&form=-5m', 400, 'UNKNOWN_PARAMETER'],
    ['/api/v1/query?device=pump&device=tank', 400, 'REPEATED_PARAMETER'],
    ['/api/v1/series', 400, 'MISSING_PARAMETER'],
    ['/api/v1/series?device=nobody', 404, 'NO_SUCH_DEVICE'],
    ['/api/v1/nothing', 404, 'NOT_FOUND'],
    ['/api/v1/constructor', 404, 'NOT_FOUND'],
  ])('answers %s with %i %s', async (target, status, code) => {
    const answer = await running.ask(target);
    expect(answer.status).toBe(status);
    const { error } = answer.json() as { error: Record<string, unknown> };
    expect(error['code']).toBe(code);
    expect(error['message']).toMatch(/^[A-Z].*\.$/);
  });

  it('takes GET and HEAD only', async () => {
    const answer = await running.ask('/api/v1/devices', { method: 'POST' });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
    expect((await running.ask('/api/v1/query?device=pump', { method: 'HEAD' })).body).toBe('');
  });
});
