import { once } from 'node:events';
import { request } from 'node:http';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock, type Clock } from '@shared/clock';
import { FaultError } from '@shared/errors';
import type { HubMessage } from '@shared/bridge/messages';
import { createLogger } from '../../src/main/log';
import { CapturingLog } from '../fakes/capturing-log';
import { FakeStore } from '../fakes/fake-store';
import { outerHandlers, startHub, TestClient, type TestHub } from '../fakes/hub-harness';
import { startRunningWeb, type RunningWeb } from '../fakes/running-web';

/** Faults of our own, put in by hand where the hub lets outer layers in: none may end it, and each has its stack told. */

let test: TestHub | null = null;
let web: RunningWeb | null = null;

afterEach(async () => {
  await test?.dispose();
  await web?.dispose();
  test = web = null;
});

async function open(options: Parameters<typeof startHub>[0] = {}) {
  const log = new CapturingLog();
  test = await startHub({ log, ...options });
  return { log, test };
}

function brokenPart(): never {
  throw new TypeError('a part of the hub is broken', { cause: new Error('what broke it') });
}

const STACK =
  /TypeError: a part of the hub is broken\n\s+at [^\n]*brokenPart[^]*\nCaused by: Error: what broke it\n/;

describe('a fault of the hub', () => {
  it('in a message handler ends that connection with 1011, and its stack is in the log', async () => {
    let isBroken = false;
    const clock: Clock = {
      ...systemClock,
      now() {
        if (isBroken && new Error().stack?.includes('AgentEndpoint.message')) {
          isBroken = false;
          brokenPart();
        }
        return systemClock.now();
      },
    };
    const { log, test } = await open({ clock, admit: 'open' });
    const agent = await TestClient.open(`${test.url}/agent`);
    const other = await TestClient.open(`${test.url}/echo`);
    isBroken = true;
    agent.send({ type: 'hello', agent: 'test', device: { id: 'd1', name: 'd1', kind: 'computer' } });
    expect((await agent.close()).code).toBe(1011);
    expect(await agent.message('error')).toMatchObject({ code: 'INTERNAL' });
    expect(log.stacks('SESSION_FAILED')).toEqual([expect.stringMatching(STACK)]);
    other.send('still there');
    expect(await other.text()).toContain('still there');
    expect(JSON.stringify(agent.heard)).not.toContain('broken');
  });

  it('in a command is INTERNAL for the UI, and its stack is in the log', async () => {
    const { log, test } = await open();
    test.hub.handleOuterCommands(outerHandlers({ listBrowsers: brokenPart }));
    const fault: unknown = await test.api.call('listBrowsers', {}).catch((error: unknown) => error);
    expect(fault).toMatchObject({ code: 'INTERNAL' });
    expect(String(fault)).not.toContain('broken');
    expect(log.stacks('COMMAND_FAILED')).toEqual([expect.stringMatching(STACK)]);
    expect(log.errors[0]?.fields).toMatchObject({ command: 'listBrowsers' });
  });

  it('that has a cause reaches the log, though the UI hears its own code', async () => {
    const { log, test } = await open();
    const listBrowsers = (): never => {
      throw new FaultError('STORE_FAILED', 'History failed.', { cause: new Error('disk gone') });
    };
    test.hub.handleOuterCommands(outerHandlers({ listBrowsers }));
    await expect(test.api.call('listBrowsers', {})).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(log.stacks('COMMAND_FAILED')[0]).toContain('Caused by: Error: disk gone\n');
  });

  it('is none where a UI asks for what is wrong: the log stays empty', async () => {
    const { log, test } = await open();
    await expect(test.api.call('approveDevice', { device: 'nobody' })).rejects.toBeInstanceOf(FaultError);
    await expect(test.api.call('noSuchCommand' as never, {} as never)).rejects.toMatchObject({
      code: 'NO_SUCH_COMMAND',
    });
    expect(log.errors).toEqual([]);
  });

  it('in a request handler is 500 for the client, and its stack is in the log', async () => {
    const { log, test } = await open();
    test.hub.onRequest(brokenPart);
    const answer = await fetch(test.url.replace('ws:', 'http:'));
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain('broken');
    expect(log.stacks('REQUEST_FAILED')).toEqual([expect.stringMatching(STACK)]);
  });

  it('in the HTTP API behind the web server is 500 too, with its stack in the log', async () => {
    const log = new CapturingLog();
    web = await startRunningWeb({}, { log });
    web.hub.exportSamples = brokenPart;
    const Cookie = await web.signIn();
    const answer = await web.ask('/api/v1/export?device=d1', { headers: { Cookie } });
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('broken');
    expect(log.stacks('REQUEST_FAILED')).toEqual([expect.stringMatching(STACK)]);
  });

  it('in an upgrade cuts that connection alone, and its stack is in the log', async () => {
    const { log, test } = await open();
    test.hub.onUpgrade('/broken', brokenPart);
    const client = new WebSocket(`${test.url}/broken`);
    await once(client, 'error');
    expect(log.stacks('REQUEST_FAILED')).toEqual([expect.stringMatching(STACK)]);
    const echo = await TestClient.open(`${test.url}/echo`);
    echo.end();
  });

  it('in a listener stops none of the others, and its stack is in the log', async () => {
    const { log, test } = await open();
    const heard: number[] = [];
    test.hub.onSettings(brokenPart);
    test.hub.onSettings(({ intervalMs }) => heard.push(intervalMs));
    await test.api.call('updateSettings', { intervalMs: 2_000 });
    expect(heard).toEqual([2_000]);
    expect(log.stacks('LISTENER_FAILED')).toEqual([expect.stringMatching(STACK)]);
  });

  it('in a feed ends the feed and tells its UI, and its stack is in the log', async () => {
    const { log, test } = await open();
    const heard: HubMessage[] = [];
    const ui = test.hub.connectUi(
      (message) => {
        if (message.op === 'feed') brokenPart();
        heard.push(message);
      },
      { from: 'test', role: 'admin' },
    );
    ui.receive({ op: 'openFeed', id: 7, spec: { series: [1], windowMs: 60_000, flushMs: 100, focus: [] } });
    await expect.poll(() => heard.find(({ op }) => op === 'error')).toMatchObject({ id: 7 });
    expect(log.stacks('COMMAND_FAILED')).toEqual([expect.stringMatching(STACK)]);
  });

  it('in a timer is told, and the timer goes on', async () => {
    const store = new FakeStore();
    let breaks = 0;
    const clock: Clock = {
      ...systemClock,
      monotonic() {
        if (breaks < 2 && new Error().stack?.includes('HubServer.second')) {
          breaks++;
          brokenPart();
        }
        return systemClock.monotonic();
      },
    };
    const { log } = await open({ clock, store });
    await expect.poll(() => log.stacks('TIMER_FAILED').length, { timeout: 10_000 }).toBe(2);
    expect(log.stacks('TIMER_FAILED')[0]).toMatch(STACK);
  });

  it('shows no secret of a URL in the log', async () => {
    const lines: string[] = [];
    const log = createLogger({ level: 'info', format: 'json', write: (line) => lines.push(line) });
    test = await startHub({ log });
    test.hub.onRequest(brokenPart);
    await new Promise<void>((resolve, reject) => {
      request(`${test?.url.replace('ws:', 'http:')}/x?token=hunter2`, (answer) => {
        answer.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
    expect(lines.join('')).toContain('REQUEST_FAILED');
    expect(lines.join('')).not.toContain('hunter2');
  });
});
