import { request, type ClientRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HubOptions } from '../../src/main/hub/hub-contract';
import type { Limits } from '@shared/protocol/limits';
import { newestValues, push } from '../fakes/push-client';
import { ADMIN, startRunningWeb, type RunningWeb } from '../fakes/running-web';
import { eventually } from '../patience';

let web: RunningWeb | null = null;
const open = new Set<Slow>();

afterEach(async () => {
  for (const slow of open) slow.sent.destroy();
  open.clear();
  await web?.dispose();
  web = null;
});

async function start(limits: Partial<Limits>, options: Partial<HubOptions> = {}): Promise<RunningWeb> {
  return (web = await startRunningWeb({}, { admit: 'open', limits, ...options }));
}

interface Slow {
  sent: ClientRequest;
  answered: Promise<{ status: number; body: string }>;
}

/** Begins a push whose body has not ended; `localAddress` is the address that it comes from. */
function begin({ port }: RunningWeb, localAddress = '127.0.0.1'): Slow {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const to = { port, host: '127.0.0.1', path: '/write', method: 'POST', localAddress, agent: false };
  const sent = request(to, (response) => {
    let body = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => (body += piece));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
  });
  sent.on('error', reject);
  promise.catch(() => {});
  sent.write('temp,host=slow value=1\n');
  const slow = { sent, answered: promise };
  open.add(slow);
  return slow;
}

const counted = ({ hub }: RunningWeb, code: string, count: number) =>
  eventually(
    () => hub.execute('getRefused', {}, ADMIN),
    (refused) => (refused[code] ?? 0) >= count,
  );

const stateOf = async ({ hub }: RunningWeb, device: string) =>
  (await hub.execute('listDevices', {}, ADMIN)).find(({ id }) => id === device)?.state;

/** Pushes quickly from an address until the answer has this status. */
const pushUntil = (running: RunningWeb, status: number, localAddress?: string) =>
  eventually(
    () => {
      const { sent, answered } = begin(running, localAddress);
      sent.end();
      return answered;
    },
    (answer) => answer.status === status,
  );

describe('pushes in progress', () => {
  it('beyond the limit of all are told to come again, and let in once one has ended', async () => {
    const running = await start({ pushes: 1, pushesPerAddress: 10 });
    const first = begin(running, '127.0.0.2');
    const refused = await pushUntil(running, 503);
    expect(refused.body).toContain('too many pushes');
    await counted(running, 'TOO_BUSY', 1);
    first.sent.end();
    expect((await first.answered).status).toBe(204);
    await pushUntil(running, 204);
  });

  it('beyond the limit of one address leave room for others', async () => {
    const running = await start({ pushes: 10, pushesPerAddress: 1 });
    begin(running, '127.0.0.2');
    await pushUntil(running, 503, '127.0.0.2');
    const other = begin(running, '127.0.0.3');
    other.sent.end();
    expect((await other.answered).status).toBe(204);
  });

  it('that take too long get 408, keep what came, and free their place', async () => {
    const running = await start({ pushTimeoutMs: 300, pushes: 1 });
    const { answered } = begin(running);
    expect(await answered).toMatchObject({
      status: 408,
      body: expect.stringContaining('took too long') as string,
    });
    await counted(running, 'TOO_SLOW', 1);
    await pushUntil(running, 204);
    expect(await newestValues(running.hub, 'slow')).toEqual({ temp: 1 });
  });
});

describe('devices that push', () => {
  it('beyond the limit count as gone, the one quiet for longest first, until they push again', async () => {
    const running = await start({ pushers: 2 });
    const from = (host: string) => push(running.port, '/write', { body: `temp,host=${host} value=1` });
    for (const host of ['a', 'b', 'a', 'c']) expect((await from(host)).status).toBe(204);
    expect(await Promise.all(['a', 'b', 'c'].map((id) => stateOf(running, id)))).toEqual([
      'online',
      'offline',
      'online',
    ]);
    await from('b');
    expect(await Promise.all(['a', 'b', 'c'].map((id) => stateOf(running, id)))).toEqual([
      'offline',
      'online',
      'online',
    ]);
  });

  it('beyond the limit of one push are left out, and the sender is told how many readings that were', async () => {
    const running = await start({ pushDevices: 2 });
    const body = ['a', 'b', 'c', 'd', 'a'].map((host, i) => `temp,host=${host} value=${i}`).join('\n');
    const answer = await push(running.port, '/write', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toContain('at most 2 devices');
    expect(answer.body).toContain('dropped=2');
    expect((await running.hub.execute('listDevices', {}, ADMIN)).map(({ id }) => id).sort()).toEqual([
      'a',
      'b',
    ]);
    expect(await newestValues(running.hub, 'a')).toEqual({ temp: 4 });
    await counted(running, 'TOO_MANY_DEVICES', 1);
  });
});
