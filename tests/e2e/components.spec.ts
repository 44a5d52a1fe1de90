import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { expect, test, type Locator, type Page } from '@playwright/test';
import { build } from 'vite';

/** What people click: the page with every component, built once, without a hub. */

const PAGE = resolve(import.meta.dirname, '../fakes/page');
const ORIGIN = 'http://components.invalid';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};
let folder = '';

test.describe.configure({ mode: 'default' });

test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wirewatch-components-'));
  await build({
    configFile: resolve(PAGE, 'vite.config.ts'),
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: false,
      rolldownOptions: { input: resolve(PAGE, 'components.html') },
    },
  });
});
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

let problems: string[] = [];
test.beforeEach(async ({ page }) => {
  problems = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.route(`${ORIGIN}/**`, async (route) => {
    const { pathname } = new URL(route.request().url());
    const body = readFileSync(join(folder, pathname));
    await route.fulfill({ body, contentType: TYPES[extname(pathname)] ?? 'application/octet-stream' });
  });
});
test.afterEach(() => expect(problems, 'errors in the page').toEqual([]));

/** The story of a component. */
async function story(page: Page, name: string): Promise<Locator> {
  await page.goto(`${ORIGIN}/components.html?find=${name}`);
  return page.locator(`[data-story=${name}]`);
}

/** One state of a story, by the words above it. */
const stateOf = (story: Locator, name: string): Locator =>
  story.locator('.state').filter({ has: story.page().getByText(name, { exact: true }) });

test('a switch is turned by a click and by the keyboard, unless it is disabled', async ({ page }) => {
  const switches = await story(page, 'Switch');
  const [on, off] = [switches.getByRole('switch').nth(0), switches.getByRole('switch').nth(1)];
  await expect(on).toBeChecked();
  await expect(off).not.toBeChecked();
  await on.click();
  await off.press('Space');
  await expect(on).not.toBeChecked();
  await expect(off).toBeChecked();
  const disabled = stateOf(switches, 'Disabled').getByRole('switch');
  await disabled.first().click({ force: true });
  await expect(disabled.first()).toBeChecked();
});

test('a choice among few is made by a click, and by the arrows; what is disabled is passed over', async ({
  page,
}) => {
  const segmented = await story(page, 'Segmented');
  const usual = stateOf(segmented, 'Default');
  await expect(usual.getByRole('radio', { name: '6h' })).toBeChecked();
  await usual.getByText('24h', { exact: true }).click();
  await expect(usual.getByRole('radio', { name: '24h' })).toBeChecked();
  await expect(usual.getByRole('radio', { name: '6h' })).not.toBeChecked();
  await page.keyboard.press('ArrowLeft');
  await expect(usual.getByRole('radio', { name: '6h' })).toBeChecked();
  await expect(stateOf(segmented, 'One disabled').getByRole('radio', { name: '30d' })).toBeDisabled();
});

test('a select shows what is chosen, and chooses', async ({ page }) => {
  const select = stateOf(await story(page, 'Select'), 'Default').locator('button');
  await expect(select).toContainText('Every second');
  await select.click();
  await page.getByRole('option', { name: 'Every 10 seconds' }).click();
  await expect(select).toContainText('Every 10 seconds');
  await expect(page.getByRole('option')).toHaveCount(0);
});

test('tabs show one panel at a time, with their counts', async ({ page }) => {
  const tabs = await story(page, 'Tabs');
  await expect(tabs.getByRole('tab', { name: 'Open' })).toContainText('25');
  await expect(tabs.getByRole('tabpanel')).toContainText('“open”');
  await tabs.getByRole('tab', { name: 'Refused' }).click();
  await expect(tabs.getByRole('tab', { name: 'Refused' })).toHaveAttribute('aria-selected', 'true');
  await expect(tabs.getByRole('tab', { name: 'Open' })).toHaveAttribute('aria-selected', 'false');
  await expect(tabs.getByRole('tabpanel')).toContainText('“refused”');
});

test('a combobox moves through its list by the arrows, and takes what is marked', async ({ page }) => {
  const combobox = stateOf(await story(page, 'Combobox'), 'With a list below');
  const input = combobox.getByRole('combobox');
  const marked = combobox.locator('[role=option][aria-selected=true]');
  await expect(marked).toHaveText('Every 10 seconds');
  await input.press('ArrowUp');
  await expect(marked).toHaveText('Every second');
  await expect(input).toHaveAttribute('aria-activedescendant', 'found-0');
  await input.press('Enter');
  await expect(input).toHaveValue('Every second');
});

test('a dialog closes by Escape and by a click outside, but for one that must be read', async ({ page }) => {
  const dialogs = await story(page, 'Dialog');
  const open = async (name: string): Promise<Locator> => {
    await stateOf(dialogs, name).getByRole('button').first().click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toBeVisible();
    return dialog;
  };
  const usual = await open('With a description and a footer');
  await expect(usual).toContainText('As it is shown everywhere.');
  await page.keyboard.press('Escape');
  await expect(usual).toHaveCount(0);
  await open('With a description and a footer');
  await page.mouse.click(4, 4);
  await expect(usual).toHaveCount(0);
  const sticky = await open('Sticky: a click outside does not close it');
  await page.mouse.click(4, 4);
  await expect(sticky).toBeVisible();
});

test('a question is answered by its button, and by Cancel', async ({ page }) => {
  const confirm = stateOf(await story(page, 'ConfirmDialog'), 'Default');
  for (const answer of ['Cancel', 'Remove']) {
    await confirm.getByRole('button').first().click();
    const dialog = page.getByRole('alertdialog').or(page.getByRole('dialog'));
    await expect(dialog).toContainText('Remove office-pc?');
    await dialog.getByRole('button', { name: answer, exact: true }).click();
    await expect(dialog).toHaveCount(0);
  }
});

test('a menu opens, says what is disabled, and closes by Escape and by a choice', async ({ page }) => {
  const menu = stateOf(await story(page, 'Menu'), 'Everything a menu can have');
  // The page shows menus that are always open, too.
  const menus = page.locator('[role=menu]');
  const others = await menus.count();
  for (const close of ['by Escape', 'by a choice']) {
    await menu.getByRole('button', { name: 'Open the menu' }).click();
    await expect(menus).toHaveCount(others + 1);
    const items = menus.last().locator('[role=menuitem]');
    await expect(items.filter({ hasText: 'Not now' })).toHaveAttribute('aria-disabled', 'true');
    if (close === 'by Escape') await page.keyboard.press('Escape');
    else await items.filter({ hasText: 'Copy the address' }).click();
    await expect(menus).toHaveCount(others);
  }
});

test('what can be copied is copied, as it is', async ({ page, context }) => {
  const field = stateOf(await story(page, 'CopyField'), 'Default');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']).catch(() => {});
  await page.evaluate(
    `Object.defineProperty(navigator, 'clipboard', { value: { writeText: (text) => ((window.copied = text), Promise.resolve()) } })`,
  );
  await field.getByRole('button', { name: 'Copy the address' }).click();
  await expect.poll(() => page.evaluate('window.copied')).toBe('wss://192.168.1.20:4983');
});

test('a toast says what happened, and goes when it is dismissed', async ({ page }) => {
  const toaster = await story(page, 'Toaster');
  await toaster.getByRole('button', { name: 'Show a toast' }).click();
  const toast = page.getByText('office-pc was removed');
  await expect(toast).toBeVisible();
  await page
    .getByRole('button', { name: /Dismiss|Close/ })
    .first()
    .click();
  await expect(toast).toHaveCount(0);
  await toaster.getByRole('button', { name: 'Show a fault' }).click();
  await expect(page.getByText('That failed')).toBeVisible();
});

test('a theme is chosen', async ({ page }) => {
  await story(page, 'Switch');
  const theme = page.getByRole('radiogroup', { name: 'Theme' });
  const ink = () => page.evaluate(`getComputedStyle(document.querySelector('h1')).color`);
  await theme.getByText('Dark', { exact: true }).click();
  const dark = await ink();
  await theme.getByText('Light', { exact: true }).click();
  await expect.poll(ink).not.toBe(dark);
});
