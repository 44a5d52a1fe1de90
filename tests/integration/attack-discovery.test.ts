import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { writeTxt } from '@shared/discovery/announcement';
import type { HubApi } from '@shared/hub-api';
import { connectUi } from '../../bench/ui-client';
import { buildPrograms, type BuiltPrograms } from '../fakes/build-programs';
import { CLI } from '../fakes/cli-process';
import { createLan, whyNoLan, type Lan } from '../fakes/lan';
import { LanProgram } from '../fakes/lan-program';
import type { Claim, LiarOptions } from '../fakes/lying-hub';
import { eventually } from '../patience';

const AGENT = resolve(import.meta.dirname, '../../out/agent/wirewatch-agent.mjs');
const PORT = 7411;
const LIAR = '10.213.7.66';
const reason = whyNoLan();

const title = `agents and hubs on a network where somebody lies${reason === null ? '' : ` (${reason})`}`;
describe.skipIf(reason !== null)(title, () => {
  let folder: string;
  let lan: Lan;
  let programs: BuiltPrograms<'liar'>;
  let hub: LanProgram;
  let api: HubApi;
  let token: string;
  const cleanUp: (() => void)[] = [];
  const running: LanProgram[] = [];

  function agent(dataDir: string, ...more: string[]): LanProgram {
    const own = ['--json', '--name', dataDir, '--data-dir', join(folder, dataDir), '--token', token];
    const started = new LanProgram(lan.agent, [AGENT, ...own, ...more]);
    running.push(started);
    return started;
  }

  async function startHub(): Promise<void> {
    const data = join(folder, 'hub');
    hub = new LanProgram(lan.hub, [CLI, 'serve', '--json', '--no-local-agent', '--data-dir', data]);
    await hub.line({ event: 'ready' });
  }

  async function liar(claims: readonly Claim[]): Promise<LanProgram> {
    const options: LiarOptions = { address: LIAR, port: PORT + 1, claims };
    const started = new LanProgram(lan.hub, [programs.files.liar, JSON.stringify(options)]);
    running.push(started);
    await started.line({ event: 'ready' });
    return started;
  }

  /** What the real hub says about itself, with another address and what else is forged. */
  async function forged(more: Partial<Claim> = {}): Promise<Claim> {
    const { version, tls, discovery } = await api.call('getHub', {});
    // The same digest, as curl writes it.
    const keyId = Buffer.from((tls.keyPin ?? '').slice('sha256//'.length), 'base64').toString('base64url');
    const own = { version, tls: 'allow' as const, keyId, fingerprint: tls.fingerprint };
    const txt = writeTxt(own).map((text) => (text.startsWith('fp=') ? 'fp=<own>' : text));
    return { name: discovery.name ?? '', target: '<real>', address: LIAR, port: PORT + 1, txt, ...more };
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wirewatch-'));
    programs = await buildPrograms({ liar: resolve('tests/fakes/lying-hub.ts') });
    lan = createLan();
    await startHub();
    lan.hub.addAddress(LIAR);
    const forwarded = await lan.hub.forward(PORT, join(folder, 'hub.sock'));
    const ui = await connectUi(forwarded.port);
    api = ui.api;
    cleanUp.push(ui.close, forwarded.dispose);
    const made = await api.call('createJoinToken', { name: 'lab', maxUses: 20, lifetimeMs: 3_600_000 });
    token = made.secret;
    await eventually(
      () => api.call('getHub', {}),
      ({ discovery }) => discovery.state === 'on' && discovery.name !== null,
    );
  });

  afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));

  afterAll(async () => {
    for (const end of cleanUp) end();
    await hub?.stop();
    lan?.dispose();
    programs?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const heard = ({ lines }: LanProgram) => lines.filter(({ event }) => event === 'heard');
  const urlOfHub = (): string => `wss://${lan.hub.address}:${PORT}/agent`;

  it('give their join token to nobody who only claims to be the hub: they ask which one', async () => {
    const impostor = await liar([await forged()]);
    const newcomer = agent('newcomer');
    expect(await newcomer.ended).toBe(2);
    expect(newcomer.errors).toContain('several hubs');
    expect(newcomer.errors).toContain('--fingerprint');
    expect(heard(impostor)).toEqual([]);
    const { fingerprint } = (await api.call('getHub', {})).tls;
    const told = agent('told', '--fingerprint', fingerprint ?? '');
    expect(await told.line({ state: 'online' })).toMatchObject({ url: urlOfHub() });
    expect(heard(impostor)).toEqual([]);
  });

  it('find the hub they know, whoever claims its key elsewhere, and advise nobody to go there', async () => {
    const before = agent('regular');
    await before.line({ state: 'online' });
    await before.stop();
    const own = await forged();
    const crowd = Array.from({ length: 40 }, (_, i) => ({ ...own, port: 8_000 + i, name: `hub ${i}` }));
    const impostor = await liar([own, ...crowd]);
    const again = agent('regular');
    expect(await again.line({ state: 'online' })).toMatchObject({ url: urlOfHub() });
    expect(again.lines.filter(({ state }) => state === 'waiting')).toEqual([]);
    expect(again.errors).not.toContain('--forget-hub');
    expect(heard(impostor)).toEqual([]);
  });

  it('follow the hub to a new address while somebody claims its key', async () => {
    const before = agent('mover');
    await before.line({ state: 'online' });
    await before.stop();
    const impostor = await liar([await forged()]);
    lan.hub.moveTo('10.213.7.99');
    lan.hub.addAddress(LIAR);
    await eventually(
      () => api.call('getHub', {}),
      ({ secureAgentUrls }) => secureAgentUrls.includes(`wss://10.213.7.99:${PORT}`),
    );
    const again = agent('mover');
    expect(await again.line({ state: 'online' })).toMatchObject({ url: urlOfHub() });
    expect(again.errors).not.toContain('--forget-hub');
    expect(heard(impostor)).toEqual([]);
  });

  it('find a hub under its own name again after forged answers have driven it from that', async () => {
    const nameOfHub = async () => (await api.call('getHub', {})).discovery.name;
    const own = await forged({ target: 'wirewatch-0badcafe.local' });
    const numbered = Array.from({ length: 10 }, (_, i) => ({ ...own, name: `${own.name} (${i + 2})` }));
    const impostor = await liar([own, ...numbered]);
    const list = new LanProgram(lan.agent, [CLI, 'hubs', '--json']);
    running.push(list);
    await eventually(nameOfHub, (name) => name !== null && name !== own.name);
    await impostor.stop();
    await eventually(nameOfHub, (name) => name === own.name);
  });

  it('send nothing to a peer without the announced key, though no other hub answers', async () => {
    const lie = await forged();
    await hub.stop();
    const impostor = await liar([{ ...lie, target: 'wirewatch-0badcafe.local' }]);
    const newcomer = agent('early');
    await newcomer.line({ state: 'waiting' });
    await eventually(() => newcomer.errors.includes('does not have the key'));
    expect(heard(impostor)).toEqual([]);
  });
});
