import type { Page } from '@playwright/test';
import { settle, violations } from '../axe';
import { expect, goTo, SPARKLINES, test } from '../harness';

type Step = [screen: string, open: (page: Page) => Promise<void>];

const close = (page: Page) => page.keyboard.press('Escape');

async function openExport(page: Page): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Export…' }).click();
}

async function openWaiting(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Fleet' }).click();
  await page.getByRole('main').getByRole('link', { name: 'newcomer' }).click();
}

async function makeBoard(page: Page): Promise<void> {
  await close(page);
  await page.getByRole('button', { name: 'Add to board…' }).click();
  await page.getByLabel('Name of the new board').fill('Office');
  await page.getByRole('button', { name: 'Create and add' }).click();
  await page.getByRole('button', { name: 'Open', exact: true }).click();
}

/** A walk through the app: each step starts where the previous one ended. */
const WALK: Step[] = [
  ['Fleet', async () => undefined],
  ['Fleet as a table', (page) => page.keyboard.press('v')],
  ['Add device', (page) => page.keyboard.press('a')],
  ['the palette', (page) => close(page).then(() => page.keyboard.press('Control+k'))],
  ['the list of keys', (page) => close(page).then(() => page.keyboard.press('?'))],
  ['Connections', (page) => close(page).then(() => page.getByRole('link', { name: 'Connections' }).click())],
  ['one connection', (page) => page.getByRole('main').getByRole('row').nth(1).click()],
  ['what was refused', (page) => page.getByText(/^Refused/).click()],
  ['Settings', (page) => page.getByRole('link', { name: 'Settings' }).click()],
  ['Devices & trust', (page) => page.getByRole('link', { name: 'Devices & trust' }).click()],
  ['a new join token', (page) => page.getByRole('button', { name: 'New token…' }).click()],
  ['a join token, shown once', (page) => page.getByRole('button', { name: 'Create' }).click()],
  ['Access', (page) => page.getByRole('link', { name: 'Access' }).click()],
  ['a device that waits', openWaiting],
  ['a question about it', (page) => page.getByRole('button', { name: 'Block…' }).click()],
  ['Device', (page) => close(page).then(() => page.locator('a[href^="#/device/"]').first().click())],
  ['an hour of a device', (page) => page.getByText('1h', { exact: true }).click()],
  ['any two moments', (page) => page.getByRole('button', { name: 'Custom' }).click()],
  ['a note', (page) => close(page).then(() => page.keyboard.press('n'))],
  ['an export', (page) => close(page).then(() => openExport(page))],
];

/** A second walk: from picking series to boards and walls. */
const EXPLORE_WALK: Step[] = [
  ['Explore without anything', (page) => goTo(page, '#/explore')],
  ['the picker', (page) => page.keyboard.press('/')],
  ['what was found', (page) => page.keyboard.type('cpu')],
  ['Explore', (page) => close(page).then(() => page.getByRole('button', { name: /^CPU of/ }).click())],
  ['a board', makeBoard],
  ['arranging a board', (page) => page.keyboard.press('e')],
  ['a wall', (page) => page.keyboard.press('Escape').then(() => page.keyboard.press('w'))],
  ['Boards', (page) => close(page).then(() => page.getByRole('link', { name: 'Boards' }).click())],
];

const PHONE = { width: 390, height: 844 };
const DESK = { width: 1_440, height: 900 };
/** Colours that the system forces change nothing but colours. */
const OF_COLORS = ['color-contrast'];

/**
 * Looks again at a screen that is open already: in the dark theme as a phone shows it, in the light one in the colours
 * that a system may force. Both themes on both would double the time and find nothing else.
 */
async function checkOtherwise(page: Page, screen: string, colorScheme: 'dark' | 'light'): Promise<void> {
  if (colorScheme === 'dark') {
    await page.setViewportSize(PHONE);
    await settle(page);
    expect.soft(await violations(page), `${screen}, on a phone`).toEqual([]);
    await page.setViewportSize(DESK);
  } else {
    await page.emulateMedia({ forcedColors: 'active' });
    await settle(page);
    expect.soft(await violations(page, OF_COLORS), `${screen}, in forced colours`).toEqual([]);
    await page.emulateMedia({ forcedColors: 'none' });
  }
}

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    for (const [walk, steps] of [
      ['any screen', WALK],
      ['Explore, boards and walls', EXPLORE_WALK],
    ] as const) {
      test(`axe finds nothing on ${walk}, ${colorScheme}`, async ({ page, hub }) => {
        test.slow();
        hub.startAgent('newcomer');
        await expect(page.getByRole('button', { name: 'Approve newcomer' })).toBeVisible();
        await expect(page.getByRole('main').locator(`[data-device] ${SPARKLINES}`).first()).toBeVisible();
        for (const [screen, open] of steps) {
          await test.step(screen, async () => {
            await open(page);
            await settle(page);
            expect.soft(await violations(page), screen).toEqual([]);
            await checkOtherwise(page, screen, colorScheme);
          });
        }
      });
    }
  });
}
