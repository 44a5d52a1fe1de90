import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAgent, type Agent, type AgentState } from '../../src/agent/agent';
import type { Collector } from '../../src/agent/collectors/collector';
import { recordingLogger } from '../../src/agent/testing/test-support';
import { startHub, type TestHub } from '../fakes/hub-harness';
import { eventually } from '../patience';

/** Whoever was replaced waits this long instead of a minute. */
const SUPERSEDED_MS = 300;

/** A series whose values tell which machine they come from. */
const always = (value: number): Collector => ({
  name: 'cpu',
  everyMs: 0,
  read: (slots) => slots.set('a', value, () => ({ name: 'machine', unit: '1', kind: 'gauge' })),
});

describe("two machines with one identity, because an agent's data folder was copied", () => {
  let test: TestHub;
  let folder: string;
  const agents: Agent[] = [];
  beforeEach(async () => {
    test = await startHub({ admit: 'open' });
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-clone-'));
  });
  afterEach(async () => {
    await Promise.all(agents.splice(0).map((agent) => agent.dispose()));
    await test.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(dataDir: string, value: number) {
    const log = recordingLogger();
    const states: AgentState[] = [];
    const agent = createAgent({
      url: test.url,
      name: 'nas',
      dataDir: join(folder, dataDir),
      minIntervalMs: 250,
      collectors: [always(value)],
      log,
      timings: { primeMs: 50, supersededMs: SUPERSEDED_MS },
    });
    agents.push(agent);
    agent.onState((state) => states.push(state));
    const started = await agent.start();
    if (!started.ok) throw new Error(started.error.message);
    await eventually(() => states.some(({ state }) => state === 'online'));
    return { agent, log, states, device: started.value.device };
  }

  const valuesSince = async (device: string, from: number): Promise<(number | null)[]> => {
    const answer = await test.api.call('query', { device, metric: 'machine', from, to: Date.now() + 1_000 });
    return answer.series[0]?.v ?? [];
  };

  it('are recognised: the first keeps the place, the other is told what to do and loses nothing', async () => {
    const first = await start('one', 1);
    await eventually(
      () => valuesSince(first.device, 0),
      (values) => values.length > 0,
    );
    cpSync(join(folder, 'one'), join(folder, 'two'), {
      recursive: true,
      filter: (path) => !path.endsWith('.lock'),
    });
    const second = await start('two', 2);
    expect(second.device).toBe(first.device);

    const events = await eventually(
      () => test.api.call('listEvents', { device: first.device }),
      (all) => all.some(({ kind }) => kind === 'superseded'),
    );
    const event = events.find(({ kind }) => kind === 'superseded');
    expect(event?.level).toBe('warning');
    expect(event?.text).toContain('Two machines share the identity of "nas"');
    expect(event?.text).toContain('come from both');
    // The copy is told, and what can be done about it.
    await eventually(() => JSON.stringify(second.log.lines).includes('if this machine is the copy'));
    expect(JSON.stringify(first.log.lines)).not.toContain('if this machine is the copy');

    // It asks again and again, and is refused each time; what it measures stays with it.
    const settledAt = Date.now();
    await eventually(async () => ((await test.api.call('getRefused', {}))['DUPLICATE_DEVICE'] ?? 0) >= 3);
    await eventually(
      () => valuesSince(first.device, settledAt),
      (values) => values.length >= 3,
    );
    expect(new Set(await valuesSince(first.device, settledAt))).toEqual(new Set([1]));
    expect(first.agent.state.state).toBe('online');
    const waiting = await eventually(
      () => second.agent.state,
      (state) => state.state === 'waiting' && state.queuedRows > 0,
    );
    expect(waiting).toMatchObject({ code: 4004 });
    const told = (await test.api.call('listEvents', { device: first.device })).filter(
      ({ kind }) => kind === 'superseded',
    );
    expect(told).toHaveLength(1);
  });
});
