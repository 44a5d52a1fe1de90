import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HubApi } from '@shared/hub-api';
import { connectUi } from '../../bench/ui-client';
import { CLI } from '../fakes/cli-process';
import { LanProgram } from '../fakes/lan-program';
import { eventually } from '../patience';
import { createLan, whyNoLan, type Lan } from '../fakes/lan';

const AGENT = resolve(import.meta.dirname, '../../out/agent/wirewatch-agent.mjs');
const PORT = 7411;
const reason = whyNoLan();

// Two machines and a cable between them, with nothing but what the network itself tells.
const title = `two machines on a network${reason === null ? '' : ` (${reason})`}`;
describe.skipIf(reason !== null)(title, () => {
  let folder: string;
  let lan: Lan;
  let hub: LanProgram;
  let api: HubApi;
  let agent: LanProgram;
  const cleanUp: (() => void)[] = [];

  const startAgent = (): LanProgram =>
    new LanProgram(lan.agent, [AGENT, '--json', '--name', 'laptop', '--data-dir', join(folder, 'agent')]);
  const device = async () => (await api.call('listDevices', {})).find(({ name }) => name === 'laptop');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    lan = createLan();
    const data = join(folder, 'hub');
    hub = new LanProgram(lan.hub, [CLI, 'serve', '--json', '--no-local-agent', '--data-dir', data]);
    await hub.line({ event: 'ready' });
    const forwarded = await lan.hub.forward(PORT, join(folder, 'hub.sock'));
    const ui = await connectUi(forwarded.port);
    api = ui.api;
    cleanUp.push(ui.close, forwarded.dispose);
    await eventually(
      () => api.call('getHub', {}),
      ({ discovery }) => discovery.state === 'on' && discovery.name !== null,
    );
  });

  afterAll(async () => {
    await agent?.stop();
    for (const end of cleanUp) end();
    await hub?.stop();
    lan?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  it('find each other: the agent takes the hub, over TLS, and both show the same digits', async () => {
    agent = startAgent();
    const pending = await agent.line({ state: 'pending' });
    expect(pending).toMatchObject({ url: `wss://${lan.hub.address}:${PORT}/agent` });
    const shown = await eventually(
      () => agent.lines.findLast(({ code }) => typeof code === 'string')?.['code'],
      (code) => code !== undefined,
    );
    const waiting = await eventually(device, (one) => one?.code !== undefined && one.code !== null);
    expect(waiting).toMatchObject({
      state: 'pending',
      secure: true,
      address: lan.agent.address,
      code: shown,
    });
    const { fingerprint } = (await api.call('getHub', {})).tls;
    expect(agent.errors).toContain(fingerprint);
  });

  it('and once it is approved its rows arrive', async () => {
    await api.call('approveDevice', { device: (await device())?.id ?? '' });
    await agent.line({ state: 'online' });
    const online = await eventually(device, (one) => one?.state === 'online' && one.seriesCount > 20);
    const now = Date.now();
    const { series } = await api.call('query', {
      device: online?.id ?? '',
      metric: 'system.uptime',
      from: now - 60_000,
      to: now + 60_000,
    });
    expect(series[0]?.t.length).toBeGreaterThan(0);
  });

  it('come together again after the cable was out', async () => {
    const from = agent.lines.length;
    lan.agent.setLink(false);
    await agent.line({ state: 'waiting', lost: true }, from);
    lan.agent.setLink(true);
    await agent.line({ state: 'online' }, from);
    await eventually(device, (one) => one?.state === 'online');
  });

  it('find each other again where the hub has another address, and the agent knows that it is the same', async () => {
    await agent.stop();
    const before = agent.errors;
    lan.hub.moveTo('10.213.7.99');
    // The hub looks at its interfaces every few seconds.
    await eventually(
      () => api.call('getHub', {}),
      ({ secureAgentUrls }) => secureAgentUrls.includes(`wss://10.213.7.99:${PORT}`),
    );
    agent = startAgent();
    const online = await agent.line({ state: 'online' });
    expect(online).toMatchObject({ url: `wss://10.213.7.99:${PORT}/agent` });
    expect(before).toContain('first connection');
    expect(agent.errors).not.toContain('first time');
    expect(readFileSync(join(folder, 'agent', 'hubs.json'), 'utf8')).toContain('10.213.7.99');
  });

  it('hear from the hub when it leaves', async () => {
    await agent.stop();
    await hub.stop();
    const list = new LanProgram(lan.agent, [CLI, 'hubs', '--json']);
    await eventually(
      () => list.errors,
      (text) => text.includes('No hub was found'),
    );
    await list.stop();
  });
});
