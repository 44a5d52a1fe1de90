import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test as base, type Harness } from './harness';

type Outcomes = Record<string, string>;

/** Names that an attacker owns and has just pointed at the victim's machine. */
const REBOUND = ['evil.example', '127.0.0.1.evil.example'];

const test = base.extend<{ attackerPort: number }>({
  // A web server of the attacker, which serves the page and the resources that its control attempts load.
  attackerPort: async ({ browserName: _ }, use) => {
    const server = await startAttacker();
    await use((server.address() as AddressInfo).port);
    server.closeAllConnections();
    server.close();
  },
});

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const rules = REBOUND.map((name) => `MAP ${name} 127.0.0.1`).join(', ');
    // Chromium now has its own protection; this checks that the hub does not depend on it.
    const noHelp = '--disable-features=LocalNetworkAccessChecks,LocalNetworkAccessChecksWebSockets';
    const args = [...(launchOptions.args ?? []), `--host-resolver-rules=${rules}`, noHelp];
    await use({ ...launchOptions, args });
  },
});

async function startAttacker(): Promise<Server> {
  const page = await readFile('tests/fakes/attack-page.html', 'utf8');
  const files: Record<string, [type: string, body: string]> = {
    '/': ['text/html', page],
    '/control.json': ['application/json', '{}'],
    '/control.js': ['text/javascript', ''],
    '/control.svg': ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' && type === 'text/plain' ? 404 : 200, { 'Content-Type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const run = (page: Page, what: 'attack' | 'control', hub: string): Promise<Outcomes> =>
  page.evaluate<Outcomes>(`${what}(${JSON.stringify(hub)})`);

/** Returns the hub's state as seen from its own machine; an attack must not change any of it. */
async function stateOf({ server }: Harness): Promise<unknown> {
  const answer = await fetch(`${server.url}/api/v1/devices`);
  const { devices } = (await answer.json()) as { devices: { id: string; name: string; approval: string }[] };
  return devices.map(({ id, name, approval }) => ({ id, name, approval }));
}

async function expectControl(page: Page, hub: string): Promise<void> {
  expect(await run(page, 'control', hub)).toMatchObject({
    echo: expect.stringMatching(/^open/) as unknown,
    fetch: 'basic 200 {}',
    image: 'loaded',
    script: 'loaded',
  });
}

/** Expects frames of the hub to stay empty: the browser shows its own error page instead. */
async function expectNothingFramed(page: Page): Promise<void> {
  for (const frame of page.frames().slice(1)) {
    const text = await frame.evaluate('document.documentElement.innerText').catch(() => '');
    expect(String(text)).not.toMatch(/Wirewatch|devices|"error"/);
  }
}

test.describe('a page of another origin, in the browser of somebody who is signed in,', () => {
  // For a browser, another port of the same host is the same site, so it sends the cookies along.
  for (const host of ['127.0.0.1', 'evil.example']) {
    test(`gets nothing from ${host}`, async ({ page, hub, attackerPort }) => {
      await expect(page.locator('[data-device]').first()).toBeVisible();
      const before = await stateOf(hub);
      const victim = `127.0.0.1:${hub.server.port}`;
      const attacker = await page.context().newPage();
      await attacker.goto(`http://${host}:${attackerPort}/`);
      await expectControl(attacker, victim);
      const outcomes = await run(attacker, 'attack', victim);
      for (const [attempt, outcome] of Object.entries(outcomes)) {
        // A page is never told the outcome of a form, a beacon or a frame.
        expect(outcome, attempt).toMatch(/form|beacon|frame/.test(attempt) ? /^(sent|framed)$/ : /^refused$/);
      }
      await expectNothingFramed(attacker);
      expect(await stateOf(hub)).toEqual(before);
      // The owner is still signed in, and the page has learned nothing about it.
      expect((await page.request.get(`${hub.server.url}/ui/session`)).status()).toBe(204);
    });
  }

  test('cannot keep a hold on a window of the UI that it opened', async ({ page, hub, attackerPort }) => {
    const attacker = await page.context().newPage();
    await attacker.goto(`http://127.0.0.1:${attackerPort}/`);
    const opened = page.context().waitForEvent('page');
    await attacker.evaluate(`void (window.opened = window.open(${JSON.stringify(hub.server.url)}))`);
    const popup = await opened;
    await popup.waitForLoadState();
    expect(await popup.evaluate('window.opener')).toBeNull();
    expect(await attacker.evaluate('window.opened.closed')).toBe(true);
  });
});

test.describe('a page whose own name now leads to the hub', () => {
  for (const host of REBOUND) {
    test(`gets nothing as ${host}`, async ({ page, hub }) => {
      const before = await stateOf(hub);
      const rebound = `${host}:${hub.server.port}`;
      const attacker = await page.context().newPage();
      // The page came from the attacker's server; all later requests go where the name points now.
      const html = await readFile('tests/fakes/attack-page.html', 'utf8');
      await attacker.route(
        (url) => url.host === rebound && url.pathname === '/' && url.search === '?page',
        (route) => route.fulfill({ contentType: 'text/html', body: html }),
      );
      await attacker.goto(`http://${rebound}/?page`);
      const outcomes = await run(attacker, 'attack', rebound);
      for (const [attempt, outcome] of Object.entries(outcomes)) {
        // For the browser this is the page's own origin, so the page may read the refusal, but there is nothing else to
        // read.
        const isRequest = /^basic 403 \{"error":\{"code":"HOST_NOT_ALLOWED","message":"[^"]+"\}\}$/;
        if (/^(read|sign|import)(?!.*beacon)/.test(attempt)) expect(outcome, attempt).toMatch(isRequest);
        else
          expect(outcome, attempt).toMatch(
            /form|beacon|frame/.test(attempt) ? /^(sent|framed)$/ : /^refused$/,
          );
      }
      expect(await stateOf(hub)).toEqual(before);
    });
  }
});
