import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { startCli, type CliServer } from '../../../scripts/lib/cli-server.mjs';
import { card, goTo } from '../harness';

/** A hub that can be killed and started again on the same port and folder, and an agent that stays. */
interface MortalHub {
  url: string;
  /** Ends the hub with SIGKILL. */
  kill(): void;
  revive(): Promise<void>;
}

const test = base.extend<{ mortal: MortalHub }>({
  mortal: async ({ page }, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'wirewatch-gone-'));
    const args = ['serve', '--data-dir', join(folder, 'hub'), '--json', '--no-advertise', '--admit', 'open'];
    let server: CliServer = await startCli([...args, '--port', '0']);
    const { port, url } = server;
    const agent: ChildProcess = spawn(
      process.execPath,
      [
        ...['out/main/cli.js', 'agent', `ws://127.0.0.1:${port}`, '--json', '--name', 'lab-pi'],
        ...['--data-dir', join(folder, 'lab-pi')],
      ],
      { stdio: 'ignore' },
    );
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.setDefaultTimeout(20_000);
    await use({
      url,
      kill: () => void process.kill(server.pid, 'SIGKILL'),
      async revive() {
        server = await startCli([...args, '--port', String(port)]);
      },
    });
    agent.kill('SIGKILL');
    await server.stop();
    await rm(folder, { recursive: true, force: true });
    expect(problems, 'errors in the page').toEqual([]);
  },
});

/** The promise: a second from the end of the hub to the banner. */
const BANNER_WITHIN_MS = 1_000;

const banner = (page: Page): Locator => page.getByRole('main').locator('.link-banner .pill');

/** Kills the hub and expects the banner in time, at the top, without anything on the page moving. */
async function expectBanner(page: Page, hub: MortalHub): Promise<void> {
  // Measured in the page, because a test's own questions take a while.
  await page.evaluate(() => {
    const scope = globalThis as unknown as {
      shifted: number;
      shownAt: number | null;
      document: { querySelector(of: string): unknown };
    };
    scope.shifted = 0;
    scope.shownAt = null;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) scope.shifted += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift' as 'mark' });
    const timer = setInterval(() => {
      if (scope.document.querySelector('.link-banner .pill') === null) return;
      clearInterval(timer);
      scope.shownAt = Date.now();
    }, 10);
  });
  const killedAt = Date.now();
  hub.kill();
  await expect(banner(page)).toBeVisible();
  const shownAt = await page.evaluate(() => (globalThis as unknown as { shownAt: number | null }).shownAt);
  expect((shownAt ?? Infinity) - killedAt).toBeLessThan(BANNER_WITHIN_MS);
  await expect(banner(page)).toContainText(/Disconnected\. Showing data from \d\d:\d\d:\d\d\./);
  await expect(banner(page)).toContainText(/Trying again (in \d+ s|now)/);
  expect((await banner(page).boundingBox())?.y).toBeLessThan(100);
  const shifted = await page.evaluate(() => (globalThis as unknown as { shifted: number }).shifted);
  expect(shifted).toBeLessThan(0.05);
}

/** Expects that nothing on the page claims to be current: neither a word nor a colour. */
async function expectNothingLive(page: Page): Promise<void> {
  await expect(page).toHaveTitle(/^Disconnected/);
  await expect(page.locator('body')).not.toContainText(/\bonline\b|\bLive\b|open now|Listening on/i);
  await expect(page.locator('.state.online')).toHaveCount(0);
  expect(await greenPixels(page), 'green pixels').toBe(0);
}

/** Runs in the page; as text, because tests are checked without a browser's types. */
const COUNT_GREEN = `async (data) => {
  const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext('2d');
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, picture.width, picture.height).data;
  let green = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 1] > pixels[i] + 24 && pixels[i + 1] > pixels[i + 2] + 24) green++;
  }
  return green;
}`;

/** Counts the pixels of the screen that are clearly green. */
async function greenPixels(page: Page): Promise<number> {
  const shot = (await page.screenshot({ animations: 'disabled' })).toString('base64');
  return page.evaluate<number>(`(${COUNT_GREEN})("${shot}")`);
}

const PICTURES = process.env['WIREWATCH_PICTURES'];
const keepPicture = async (page: Page, name: string): Promise<void> => {
  if (PICTURES !== undefined) await page.screenshot({ path: join(PICTURES, `${name}.png`) });
};

interface Screen {
  name: string;
  /** Opens it, with what it shows while the hub is well. */
  open(page: Page): Promise<void>;
  /** Expects what it shows only while the hub is well. */
  isWell(page: Page): Promise<void>;
}

const main = (page: Page): Locator => page.getByRole('main');
const plot = (page: Page): Locator => main(page).locator('canvas').first();

async function openDevice(page: Page): Promise<void> {
  await card(page, 'lab-pi').click();
  await expect(plot(page)).toBeVisible();
  await expect(main(page).getByRole('status').filter({ hasText: 'Live' })).toBeVisible();
}

/** Puts a chart of the device on a new board, as a reader would. */
async function openBoard(page: Page): Promise<void> {
  await openDevice(page);
  await main(page)
    .locator('[data-chart]')
    .first()
    .click({ button: 'right', position: { x: 40, y: 100 } });
  await page.getByRole('menuitem', { name: /Add to (a )?board/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name of the new board' }).fill('Bench');
  await dialog.getByRole('button', { name: /^(Add|Create)/ }).click();
  await expect(dialog).toBeHidden();
  await goTo(page, '#/boards');
  await main(page).getByRole('link', { name: /Bench/ }).click();
  await expect(plot(page)).toBeVisible();
}

const deviceIsWell = (page: Page) =>
  expect(main(page).getByRole('status').filter({ hasText: 'Live' })).toBeVisible();

const SCREENS: readonly Screen[] = [
  {
    name: 'fleet, cards',
    open: (page) => expect(card(page, 'lab-pi')).toContainText('Online'),
    isWell: (page) => expect(card(page, 'lab-pi')).toContainText('Online'),
  },
  {
    name: 'fleet, table',
    open: async (page) => {
      await page.getByText('Table', { exact: true }).click();
      await expect(main(page).getByText('Online', { exact: true }).first()).toBeVisible();
    },
    isWell: (page) => expect(main(page).getByText('Online', { exact: true }).first()).toBeVisible(),
  },
  { name: 'device', open: openDevice, isWell: deviceIsWell },
  {
    name: 'explore',
    open: async (page) => {
      await openDevice(page);
      await main(page)
        .locator('[data-chart]')
        .first()
        .click({ button: 'right', position: { x: 40, y: 100 } });
      await page.getByRole('menuitem', { name: /Explore/ }).click();
      await expect(page).toHaveURL(/#\/explore/);
      await expect(main(page).getByRole('table', { name: /^Statistics/ })).toBeVisible();
    },
    isWell: (page) => expect(plot(page)).toBeVisible(),
  },
  {
    name: 'boards',
    open: async (page) => {
      await openBoard(page);
      await goTo(page, '#/boards');
      await expect(main(page).getByRole('link', { name: /Bench/ })).toBeVisible();
    },
    isWell: (page) => expect(main(page).getByRole('link', { name: /Bench/ })).toBeVisible(),
  },
  { name: 'board', open: openBoard, isWell: (page) => expect(plot(page)).toBeVisible() },
  {
    name: 'wall',
    open: async (page) => {
      await openBoard(page);
      await goTo(page, `${new URL(page.url()).hash}?wall=1`);
      await expect(page.getByText('devices online')).toBeVisible();
    },
    isWell: (page) => expect(page.getByText('devices online')).toBeVisible(),
  },
  {
    name: 'connections',
    open: async (page) => {
      await goTo(page, '#/connections');
      await expect(main(page).getByRole('region', { name: /^Connection of/ })).toBeVisible();
    },
    isWell: (page) =>
      expect(main(page).getByRole('row').filter({ hasText: 'lab-pi' })).toContainText('Online'),
  },
  {
    name: 'settings',
    open: async (page) => {
      await goTo(page, '#/settings/access');
      await expect(main(page).getByRole('heading', { name: 'Settings' })).toBeVisible();
    },
    isWell: (page) => expect(page.getByText('Listening on')).toBeVisible(),
  },
];

test.describe('when the hub is killed', () => {
  for (const screen of SCREENS) {
    test(`${screen.name}: says so within a second, shows nothing as current, and recovers by itself`, async ({
      page,
      mortal,
    }) => {
      await page.goto(mortal.url);
      await expect(card(page, 'lab-pi')).toContainText('Online');
      await screen.open(page);
      await expectBanner(page, mortal);
      await expectNothingLive(page);
      await keepPicture(page, screen.name);
      // A reload would lose this.
      await page.evaluate(() => ((globalThis as unknown as { kept: boolean }).kept = true));
      await mortal.revive();
      await expect(banner(page)).toBeHidden();
      await screen.isWell(page);
      await expect(page).not.toHaveTitle(/Disconnected/);
      expect(await page.evaluate(() => (globalThis as unknown as { kept?: boolean }).kept)).toBe(true);
    });
  }

  test('pages opened meanwhile have an outline and words, and fill when it is back', async ({
    page,
    mortal,
  }) => {
    await page.goto(mortal.url);
    await expect(card(page, 'lab-pi')).toContainText('Online');
    await expectBanner(page, mortal);
    await card(page, 'lab-pi').click();
    await expect(page.getByText('The charts will load when the hub is back.')).toBeVisible();
    await expectNothingLive(page);
    await keepPicture(page, 'device opened meanwhile');
    for (const [hash, what] of [
      ['#/connections', 'The connections'],
      ['#/settings/storage', 'The storage'],
    ] as const) {
      await goTo(page, hash);
      await expect(page.getByText(`${what} will load when the hub is back.`)).toBeVisible();
    }
    await expectNothingLive(page);
    await mortal.revive();
    await expect(page.getByRole('heading', { name: 'On disk' })).toBeVisible();
    await goTo(page, '#/connections');
    await expect(main(page).getByRole('row').filter({ hasText: 'lab-pi' })).toContainText('Online');
  });
});
