import type { Page } from '@playwright/test';
import { settle } from '../axe';
import { expect, goTo, SPARKLINES, test, type Harness } from '../harness';
import { layoutFaults } from '../layout-faults';

const PHONE = { width: 390, height: 844 };
const SIZES = [
  /** The usual window at 200 % zoom. */
  { width: 720, height: 450 },
  { width: 900, height: 700 },
  { width: 1_440, height: 900 },
  { width: 2_560, height: 1_440 },
  { width: 3_840, height: 2_160 },
];

type Screen = [name: string, open: (page: Page) => Promise<void>];

const address = (hash: string) => (page: Page) => goTo(page, hash);

async function openConnection(page: Page): Promise<void> {
  await goTo(page, '#/connections');
  await page.getByRole('main').getByRole('row').nth(1).click();
  await expect(page.getByText('Handshake').first()).toBeVisible();
}

async function openExplore(page: Page): Promise<void> {
  await goTo(page, '#/explore');
  await page.getByRole('button', { name: /^CPU of/ }).click();
  await expect(page.getByRole('table', { name: /Statistics/ })).toBeVisible();
}

async function openBoard(page: Page): Promise<void> {
  await openExplore(page);
  await page.getByRole('button', { name: 'Add to board…' }).click();
  await page.getByLabel('Name of the new board').fill('Office');
  await page.getByRole('button', { name: 'Create and add' }).click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('main').locator('[data-panel] canvas').first()).toBeVisible();
}

/** Keys work on every size; where an overlay is open, the next screen closes it first. */
const SCREENS: Screen[] = [
  ['Fleet', address('#/fleet')],
  ['Fleet as a table', (page) => page.keyboard.press('v')],
  ['Fleet again', (page) => page.keyboard.press('v')],
  ['Add device', (page) => page.keyboard.press('a')],
  ['the palette', (page) => page.keyboard.press('Control+k')],
  ['the list of keys', (page) => page.keyboard.press('?')],
  ['Device', (page) => page.getByRole('main').locator('[data-device]', { hasText: 'CPU' }).first().click()],
  [
    'a device that waits',
    async (page) => {
      await goTo(page, '#/fleet');
      await page.locator('[data-waiting] a').first().click();
    },
  ],
  ['Explore without anything', address('#/explore')],
  ['the picker', (page) => page.keyboard.press('/')],
  ['Explore', openExplore],
  ['a board', openBoard],
  ['arranging a board', (page) => page.keyboard.press('e')],
  ['Boards', address('#/boards')],
  ['Connections', address('#/connections')],
  ['one connection', openConnection],
  [
    'what was refused',
    async (page) => {
      await goTo(page, '#/connections');
      await page.getByText(/^Refused/).click();
    },
  ],
  ['Settings', address('#/settings')],
  ['Devices & trust', address('#/settings/trust')],
  ['Access', address('#/settings/access')],
  ['Storage', address('#/settings/storage')],
  ['the audit log', address('#/settings/audit')],
];

/** Opens every screen once; `check` looks at it. */
async function walk(page: Page, hub: Harness, check: (screen: string) => Promise<void>): Promise<void> {
  hub.startAgent('温度计 🧊 freezer with a rather long name that somebody typed');
  await expect(page.getByRole('button', { name: /^Approve/ })).toBeVisible();
  await expect(page.getByRole('main').locator(`[data-device] ${SPARKLINES}`).first()).toBeVisible();
  for (const [screen, open] of SCREENS) {
    await test.step(screen, async () => {
      await page.keyboard.press('Escape');
      await page.keyboard.press('Escape');
      await open(page);
      await settle(page);
      await check(screen);
    });
  }
}

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true, isMobile: true });

  test('every screen fits, and a finger can press everything on it', async ({ page, hub }) => {
    test.slow();
    await walk(page, hub, async (screen) => {
      expect.soft(await layoutFaults(page, { touch: true }), screen).toEqual([]);
    });
  });
});

test('every screen fits, in a small window and on the largest screen', async ({ page, hub }) => {
  test.slow();
  await walk(page, hub, async (screen) => {
    for (const size of SIZES) {
      await page.setViewportSize(size);
      await page.evaluate(
        'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
      );
      expect.soft(await layoutFaults(page), `${screen} at ${size.width} × ${size.height}`).toEqual([]);
    }
  });
});
