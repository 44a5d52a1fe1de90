import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findChromium } from '../../scripts/lib/chromium.mjs';
import { sandboxFlags } from '../../scripts/lib/cli-server.mjs';
import { startCli, type CliProcess } from '../fakes/cli-process';
import { TestClient } from '../fakes/hub-harness';
import { eventually, PATIENCE_MS } from '../patience';
import { makeOwnAuthority, type OwnAuthority } from './own-authority';
import { describePeer } from './peer';
import { documentedServeArgs, missingProxy, startProxy, type Proxy, type ProxyName } from './proxies';

const TOKEN = 'behind-a-real-proxy';
const NAMES: readonly ProxyName[] = ['nginx', 'Caddy'];
const SETUPS = [
  { how: 'below a path', isBelowPath: true, isSecure: false },
  { how: 'at the root', isBelowPath: false, isSecure: false },
  { how: 'below a path, with TLS', isBelowPath: true, isSecure: true },
  { how: 'at the root, with TLS', isBelowPath: false, isSecure: true },
];

const executablePath = await findChromium();

for (const name of NAMES) {
  const missing = (await missingProxy(name)) ?? (executablePath === null ? 'there is no Chromium' : null);

  describePeer(`a hub behind ${name}, both as the documentation says`, missing, () => {
    let folder: string;
    let hub: CliProcess;
    let hubPort: number;
    let authority: OwnAuthority;
    let browser: Browser;
    const agents: CliProcess[] = [];

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'wirewatch-peers-'));
      authority = await makeOwnAuthority(folder);
      const own = ['--port=0', '--json', '--no-advertise', '--no-local-agent', `--data-dir=${folder}/hub`];
      hub = startCli(['serve', ...documentedServeArgs(TOKEN), ...own]);
      const ready = await hub.event('ready');
      hubPort = Number(ready['port']);
      browser = await chromium.launch({ executablePath: executablePath ?? '', args: sandboxFlags() });
    });
    afterAll(async () => {
      for (const agent of agents) agent.kill('SIGTERM');
      await Promise.all(agents.map(({ ended }) => ended));
      await browser?.close();
      hub?.kill('SIGTERM');
      await hub?.ended;
      rmSync(folder, { recursive: true, force: true });
    });

    const startAgent = (url: string, device: string, ...words: string[]): CliProcess => {
      const own = ['--json', '--name', device, '--data-dir', join(folder, device)];
      const agent = startCli(['agent', url, ...own, ...words]);
      agents.push(agent);
      return agent;
    };

    it.each(SETUPS)('$how, agents come in and the UI shows them', async ({ how, isBelowPath, isSecure }) => {
      const proxy = await startProxy(name, { hubPort, isBelowPath, tls: isSecure ? authority : null });
      const page = await openPage(browser);
      try {
        await signIn(page, proxy);
        const device = how.replace(/\W+/g, '-');
        const agent = startAgent(proxy.wsUrl, device, ...(isSecure ? ['--ca', authority.caFile] : []));
        const pending = await state(agent, 'pending');
        expect(pending['mismatch']).toBe(false);
        await page.getByRole('button', { name: `Approve ${device}` }).click();
        await state(agent, 'online');
        const card = page.getByRole('main').locator('[data-device]').filter({ hasText: device });
        await card.getByText('Online').waitFor({ state: 'attached' });
        await card.click();
        await expectMovingChart(page);
        // The session survives, and the page shows the same as before.
        await page.reload();
        await expectMovingChart(page);
        expect(agent.stderr).not.toContain('DO NOT APPROVE');
        agent.kill('SIGTERM');
        await agent.ended;
      } finally {
        await page.context().close();
        await proxy.dispose();
      }
    });

    it('brings devices to the hub with their own addresses, whatever they claim', async () => {
      const proxy = await startProxy(name, { hubPort, isBelowPath: true, tls: null });
      const client = await TestClient.open(`${proxy.wsUrl}agent`, [], {
        localAddress: '127.0.0.9',
        headers: { 'X-Forwarded-For': '6.6.6.6' },
      });
      client.send({ temp: 21.5 });
      await eventually(async () => (await deviceIds(hubPort)).includes('ip:127.0.0.9'));
      expect(await deviceIds(hubPort)).not.toContain('ip:6.6.6.6');
      client.end();
      await proxy.dispose();
    });

    it('with TLS, an agent that is told the fingerprint has nothing to complain about', async () => {
      const proxy = await startProxy(name, { hubPort, isBelowPath: true, tls: authority });
      const agent = startAgent(proxy.wsUrl, 'told', '--fingerprint', authority.fingerprint);
      expect(await state(agent, 'pending')).toMatchObject({ mismatch: false });
      expect(agent.stderr).not.toContain('DO NOT APPROVE');
      await proxy.dispose();
    });

    it('with TLS, an agent that cannot know the proxy says so', async () => {
      const proxy = await startProxy(name, { hubPort, isBelowPath: true, tls: authority });
      const agent = startAgent(proxy.wsUrl, 'untold');
      await eventually(() => agent.stderr.includes('DO NOT APPROVE'));
      const stranger = startAgent(proxy.wsUrl, 'warned', '--fingerprint', wrong(authority.fingerprint));
      await state(stranger, 'waiting');
      expect(stranger.stdout).not.toContain('"pending"');
      await proxy.dispose();
    });
  });
}

async function openPage(browser: Browser): Promise<Page> {
  // The browser does not know the authority.
  const context = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 800 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context.newPage();
}

async function signIn(page: Page, { url }: Proxy): Promise<void> {
  await page.goto(url);
  const field = page.getByRole('textbox');
  await field.fill(TOKEN);
  await field.press('Enter');
  await page.getByRole('link', { name: 'Fleet' }).waitFor();
}

/** Resolves with an agent's first JSON line with this state. */
async function state(agent: CliProcess, name: string): Promise<Record<string, unknown>> {
  return eventually(() =>
    agent.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .find((line) => line['state'] === name),
  );
}

async function expectMovingChart(page: Page): Promise<void> {
  const chart = page.getByRole('main').locator('canvas').first();
  await chart.waitFor();
  const shown = () => chart.evaluate((canvas: unknown) => (canvas as { toDataURL(): string }).toDataURL());
  const before = await shown();
  await eventually(shown, (now) => now !== before);
}

async function deviceIds(port: number): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/devices`, {
    headers: { Authorization: `Bearer ${TOKEN}` },
  });
  const { devices } = (await answer.json()) as { devices: { id: string }[] };
  return devices.map(({ id }) => id);
}

function wrong(fingerprint: string): string {
  return fingerprint.replace(/^../, (byte) => (byte === '00' ? '01' : '00'));
}
