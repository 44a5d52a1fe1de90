import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, expectToMove, picture, test } from './harness';
import { importPast } from './past';

const DAY_MS = 86_400_000;

const chart = (page: Page): Locator => page.getByRole('figure').first();
const plot = (page: Page): Locator => chart(page).locator('[aria-roledescription="chart"]');

/** Returns the time range in the address, ms; null if it names a range instead. */
function shownMs(page: Page): number | null {
  const query = new URLSearchParams(page.url().split('?')[1]);
  const [from, to] = [query.get('from'), query.get('to')];
  return from && to ? Date.parse(to) - Date.parse(from) : null;
}

async function boxOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await plot(page).boundingBox();
  if (!box) throw new Error('the plot is not on screen');
  return box;
}

/** Turns the wheel by one step with a key held, at a fraction of the plot's width. */
async function wheel(page: Page, key: string, part: number, by: number): Promise<void> {
  const { x, y, width, height } = await boxOf(page);
  await page.mouse.move(x + width * part, y + height / 2);
  await page.keyboard.down(key);
  await page.mouse.wheel(0, by);
  await page.keyboard.up(key);
}

/** Whether a line is drawn in the next frame: everything else on a canvas is grey. */
function hasLine(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(`new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => {
    const canvas = document.querySelector('figure canvas');
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let colored = 0;
    for (let i = 0; i < data.length; i += 4) {
      const [low, high] = [Math.min(data[i], data[i + 1], data[i + 2]), Math.max(data[i], data[i + 1], data[i + 2])];
      if (high - low > 60) colored++;
    }
    resolve(colored > 20);
  })))`);
}

test.describe('a chart', () => {
  test.beforeEach(async ({ page, hub }) => {
    await importPast(page, hub);
    await page.goto(`http://127.0.0.1:${hub.server.port}/#/device/kiln?range=24h`);
    await expect(plot(page)).toBeVisible();
    await expect(chart(page)).toContainText(/\d °C|\d.°C/);
  });

  test('zooms to what is dragged over, and a double click leads back', async ({ page }) => {
    const { x, y, width, height } = await boxOf(page);
    await page.mouse.move(x + width * 0.25, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await expect(page).toHaveURL(/from=.*&to=/);
    expect(Math.abs((shownMs(page) ?? 0) - DAY_MS / 4)).toBeLessThan(DAY_MS / 50);
    await expect(page.getByRole('button', { name: 'Return to live' })).toBeVisible();
    await page.mouse.dblclick(x + width / 2, y + height / 2);
    await expect(page).toHaveURL(/range=24h$/);
  });

  test('gives a drag up on Escape, and a click changes nothing', async ({ page }) => {
    const { x, y, width, height } = await boxOf(page);
    await page.mouse.move(x + width * 0.25, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.5, y + height / 2, { steps: 4 });
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await page.mouse.click(x + width * 0.7, y + height / 2);
    await expect(page).toHaveURL(/range=24h$/);
  });

  test('zooms all the way in and out again by the wheel, and there is always something to see', async ({
    page,
  }) => {
    const { x, y, width, height } = await boxOf(page);
    await page.mouse.move(x + width * 0.6, y + height / 2);
    await page.keyboard.down('Control');
    // Eight steps reach the maximum; the others must find nothing closer, and nothing missing.
    for (let turn = 0; turn < 12; turn++) {
      await page.mouse.wheel(0, -300);
      expect(await hasLine(page), `after ${turn + 1} steps inwards`).toBe(true);
    }
    await expect.poll(() => shownMs(page)).toBe(10_000);
    await expect.poll(() => hasLine(page)).toBe(true);
    for (let turn = 0; turn < 9; turn++) {
      await page.mouse.wheel(0, 300);
      expect(await hasLine(page), `after ${turn + 1} steps outwards`).toBe(true);
    }
    await page.keyboard.up('Control');
    await expect.poll(() => shownMs(page) ?? 0).toBeGreaterThan(DAY_MS);
    await expect(chart(page)).toContainText(/\d.°C/);
  });

  test('pans by Shift and drag, and by Shift and the wheel, but not into the future', async ({ page }) => {
    await wheel(page, 'Shift', 0.5, -200);
    await expect(page).toHaveURL(/from=.*&to=/);
    const first = page.url();
    expect(Math.abs((shownMs(page) ?? 0) - DAY_MS)).toBeLessThan(1_000);
    const { x, y, width, height } = await boxOf(page);
    await page.keyboard.down('Shift');
    await page.mouse.move(x + width * 0.2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.6, y + height / 2, { steps: 4 });
    await page.mouse.up();
    await page.keyboard.up('Shift');
    await expect(page).not.toHaveURL(first);
    for (let turn = 0; turn < 8; turn++) await wheel(page, 'Shift', 0.5, 2_000);
    await expect
      .poll(() => Date.parse(new URLSearchParams(page.url().split('?')[1]).get('to') ?? ''))
      .toBeLessThanOrEqual(Date.now() + 1_000);
    await page.keyboard.press('l');
    await expect(page).toHaveURL(/range=24h$/);
  });

  test('is read by keys, and says what they find', async ({ page }) => {
    await plot(page).focus();
    const said = chart(page).getByRole('status');
    await page.keyboard.press('End');
    await expect(said).toContainText(/\d.°C/);
    const last = await said.textContent();
    await page.keyboard.press('ArrowLeft');
    await expect(said).not.toHaveText(last ?? '');
    await page.keyboard.press('Home');
    await page.keyboard.press('PageDown');
    await page.keyboard.press('+');
    await expect.poll(() => shownMs(page)).toBe(DAY_MS / 2);
    await expect(plot(page)).toHaveAccessibleDescription(/from \d.* to \d.*mean/);
  });

  test('can be had as a table and as an image', async ({ page }) => {
    await chart(page).hover();
    const more = page.getByRole('button', { name: /^More for / }).first();
    await more.click();
    await page.getByRole('menuitem', { name: 'Show as table' }).click();
    const table = page.getByRole('dialog').getByRole('table');
    await expect(table.getByRole('row', { name: /^Lowest/ })).toContainText('15.0');
    expect(await table.getByRole('row').count()).toBeGreaterThan(100);
    await page.keyboard.press('Escape');

    await more.click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Save image' }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(/^[a-z0-9-]+-\d{4}-\d\d-\d\d-\d{4}\.png$/);
    const bytes = await readFile(await saved.path());
    expect(bytes.subarray(1, 4).toString()).toBe('PNG');
    expect(bytes.length).toBeGreaterThan(2_000);
  });
});

test('a legend hides a series, or all others, and brings them back', async ({ page }) => {
  await page.getByRole('main').locator('[data-device]').first().click();
  const legend = page.getByRole('group', { name: 'Series' }).first();
  const [first, second] = [legend.getByRole('button').nth(0), legend.getByRole('button').nth(1)];
  await expectToMove(page.locator('figure canvas').first());
  await second.click();
  await expect(second).toHaveAttribute('aria-pressed', 'false');
  await second.click();
  await first.click({ modifiers: ['Alt'] });
  await expect(first).toHaveAttribute('aria-pressed', 'true');
  await expect(second).toHaveAttribute('aria-pressed', 'false');
  await first.dblclick();
  await expect(second).toHaveAttribute('aria-pressed', 'true');
  expect(await picture(page.locator('figure canvas').first())).not.toBe(0);
});
