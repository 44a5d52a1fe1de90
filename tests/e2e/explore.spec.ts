import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, expectToMove, goTo, test, type Harness } from './harness';

test.use({ serveArgs: ['--admit', 'open'] });

const table = (page: Page) => page.getByRole('table', { name: 'Statistics of the values in view' });

/** Returns the suggestion that counts all three computers: this one and the two new ones. */
const suggestion = (page: Page) => page.getByRole('button', { name: /^CPU of all computers 3/ });

/** Starts two computers, and waits until the hub knows them and their series. */
async function startTwo(page: Page, hub: Harness): Promise<void> {
  hub.startAgent('lab-pi');
  hub.startAgent('lab-nas');
  for (const name of ['lab-pi', 'lab-nas']) {
    const card = page.getByRole('main').locator('[data-device]').filter({ hasText: name });
    await expect(card).toContainText('Online');
    await expect(card).toContainText('CPU');
  }
}

/** Opens the picker and selects everything that a search finds. */
async function pickAll(page: Page, words: string): Promise<void> {
  await page.keyboard.press('/');
  const picker = page.getByRole('dialog', { name: 'Choose series' });
  await picker.getByRole('combobox').fill(words);
  await expect(picker.getByRole('option').first()).toContainText(/./);
  await expect(picker.getByRole('button', { name: /^Add all/ })).toBeVisible();
  await page.keyboard.press('Control+Enter');
  await expect(picker.getByRole('status')).toContainText('added');
  await page.keyboard.press('Escape');
}

test.describe('Explore', () => {
  test.beforeEach(async ({ page, hub }) => {
    await startTwo(page, hub);
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await expect(page.getByRole('heading', { name: 'Explore', level: 1 })).toBeVisible();
  });

  test('is of use at once: what is suggested is drawn, live, with its numbers', async ({ page }) => {
    await suggestion(page).click();
    await expectToMove(page.getByRole('main').locator('canvas').first());
    await expect(table(page).getByRole('row')).toHaveCount(4);
    await expect(table(page).getByRole('row').nth(1)).toContainText('%');
  });

  test('takes picks as fast as they come', async ({ page }) => {
    await page.keyboard.press('/');
    const picker = page.getByRole('dialog', { name: 'Choose series' });
    await page.keyboard.type('system.cpu.utilization lab');
    await expect(picker.getByRole('option').first()).toContainText('2');
    await page.waitForTimeout(500);
    // All within one task of the page, faster than anyone could type.
    await page.evaluate(`for (const key of ['ArrowDown', 'Enter', 'ArrowDown', 'Enter'])
      document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))`);
    await page.keyboard.press('Shift+Enter');
    await expect(table(page).getByRole('row')).toHaveCount(3);
  });

  test('picks by keyboard alone, and brings everything back from its address', async ({ page }) => {
    await page.keyboard.press('/');
    const picker = page.getByRole('dialog', { name: 'Choose series' });
    await page.keyboard.type('system.cpu.utilization lab');
    const first = picker.getByRole('option').first();
    await expect(first).toContainText('2');
    // The first answers to the typed text look the same, so rows may still change under the keyboard.
    await page.waitForTimeout(500);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(picker.getByRole('status')).toHaveText('1 added.');
    await page.keyboard.press('ArrowDown');
    await expect(picker.getByRole('option').nth(2)).toHaveClass(/active/);
    await page.keyboard.press('Enter');
    await page.keyboard.press('Shift+Enter');
    await expect(picker).toBeHidden();
    await expect(table(page).getByRole('row')).toHaveCount(3);

    await page.getByRole('group', { name: 'Display options' }).getByText('By device').click();
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(2);
    await page.getByRole('button', { name: 'Hide lab-pi', exact: true }).click();
    await table(page).getByRole('button', { name: 'Avg' }).click();
    const url = page.url();
    await page.goto('about:blank');
    await page.goto(url);
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(2);
    await expect(page.getByRole('button', { name: 'Show lab-pi', exact: true })).toBeVisible();
    await expect(table(page).getByRole('columnheader', { name: 'Avg' })).toHaveAttribute(
      'aria-sort',
      'descending',
    );
  });

  test('goes back to what was shown before', async ({ page }) => {
    await suggestion(page).click();
    await expect(table(page).getByRole('row')).toHaveCount(4);
    await page.getByRole('group', { name: 'Display options' }).getByText('One per line').click();
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(3);
    await page.goBack();
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(1);
    await page.goForward();
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(3);
  });

  test('makes one line of several devices, and two charts of two units', async ({ page }) => {
    await pickAll(page, 'metric:system.cpu.utilization lab');
    await page.getByRole('combobox', { name: 'Across devices' }).click();
    await page.getByRole('option', { name: '95th percentile' }).click();
    await expect(table(page).getByRole('row').nth(1)).toContainText('95th percentile of 2');
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(1);
    await pickAll(page, 'metric:system.memory.usage lab used');
    await expect(page.getByRole('main').getByRole('figure')).toHaveCount(2);
  });

  test('compares with the time before', async ({ page }) => {
    await suggestion(page).click();
    await page.getByText('1m', { exact: true }).click();
    await page.getByRole('combobox', { name: 'Compare with' }).click();
    await page.getByRole('option', { name: 'Previous period' }).click();
    await expect(table(page).getByRole('columnheader', { name: 'Before' })).toBeVisible();
    await expect(page.getByRole('main').getByRole('group', { name: 'Series' }).first()).toContainText(
      'before',
    );
  });

  test('says which of several lines the pointer is on, in the chart and in the table', async ({ page }) => {
    await suggestion(page).click();
    await page.getByText('1m', { exact: true }).click();
    await expect(table(page).getByRole('row').nth(1)).toContainText('%');
    const plot = page.getByRole('main').locator('.plot').first();
    const { height = 0, width = 0 } = (await plot.boundingBox()) ?? {};
    const hint = plot.locator('.hint');
    // A line lies somewhere between top and bottom.
    await expect(async () => {
      for (let y = 20; y < height - 20 && !(await hint.isVisible()); y += 8)
        await plot.hover({ position: { x: width - 40, y } });
      await expect(hint).toContainText(/\d\s%$/, { timeout: 100 });
    }).toPass();
    const name = ((await hint.textContent()) ?? '').trim().split(/\s{2,}/)[0] ?? '';
    await expect(table(page).locator('.lit')).toContainText(name);
    await page.mouse.move(5, 5);
    await expect(hint).toHaveCount(0);
    await expect(table(page).locator('.lit')).toHaveCount(0);
  });

  test('writes what is shown to a file', async ({ page }) => {
    await suggestion(page).click();
    await expect(table(page).getByRole('row').nth(1)).toContainText('%');
    // With a save dialog, the browser would wait for a user.
    await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
    await page.getByRole('button', { name: 'Export this view' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'CSV' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).split('\r\n');
    // The file starts with a byte order mark, for Excel.
    expect(lines[0]).toMatch(/^\ufefftime,device,metric,labels,unit,value/);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines[1]).toContain(',system.cpu.utilization,');
  });

  test('says what is not there, and survives an address that somebody made up', async ({ page, hub }) => {
    await page.goto(`${hub.server.url}/#/explore?v=1&s=gone:left.over&range=5m`);
    await expect(table(page)).toContainText('not found');
    for (const hostile of [
      'v=1&s=%E0%A4%A:x&off=-1,9e9&sort=__proto__',
      'v=1&s=<img src=x onerror=alert(1)>:<b>&agg=x',
      `v=1&s=${'a,'.repeat(5_000)}:x`,
      'v=99&s=a:b',
    ]) {
      await goTo(page, `#/explore?${hostile}`);
      await expect(page.getByRole('heading', { name: 'Explore', level: 1 })).toBeVisible();
    }
  });
});
