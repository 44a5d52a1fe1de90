import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, expectToMove, goTo, test } from './harness';

/** Creates a board with the CPU of this computer. */
async function makeBoard(page: Page, name: string): Promise<void> {
  await goTo(page, '#/explore');
  await page.getByRole('button', { name: /^CPU of/ }).click();
  await addTo(page, async (dialog) => {
    await dialog.getByLabel('Name of the new board').fill(name);
    await dialog.getByRole('button', { name: 'Create and add' }).click();
  });
}

async function addTo(
  page: Page,
  choose: (dialog: ReturnType<Page['getByRole']>) => Promise<void>,
): Promise<void> {
  await page.getByRole('button', { name: 'Add to board…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add to board' });
  await choose(dialog);
  await expect(dialog).toBeHidden();
}

const panels = (page: Page) => page.getByRole('main').locator('[data-panel]');
const titles = (page: Page) => panels(page).locator('h2').allTextContents();

test.describe('boards', () => {
  test.beforeEach(async ({ page }) => {
    await expect(page.locator('[data-device]').first()).toBeVisible();
  });

  test('keep views from Explore and charts of a device, and show them live', async ({ page }) => {
    await makeBoard(page, 'Office');
    await page.locator('a[href^="#/device/"]').first().click();
    const chart = page.getByRole('main').locator('[data-chart]').first();
    await chart.click({ button: 'right', position: { x: 40, y: 100 } });
    await page.getByRole('menuitem', { name: 'Add to board…' }).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Office/ })
      .click();
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Office', level: 1 })).toBeVisible();
    await expect(panels(page)).toHaveCount(2);
    await expectToMove(panels(page).first().locator('canvas').first());
  });

  test('are arranged by keyboard and by pointer, and stay so', async ({ page, hub }) => {
    await makeBoard(page, 'Office');
    for (const words of ['Memory', 'Network']) {
      await goTo(page, '#/explore');
      await page.getByRole('button', { name: new RegExp(`^${words} of`) }).click();
      await addTo(page, (dialog) => dialog.getByRole('button', { name: /Office/ }).click());
    }
    await goTo(page, '#/boards');
    await page.getByRole('link', { name: /Office/ }).click();
    await expect(panels(page)).toHaveCount(3);
    const [cpu = '', memory = '', network = ''] = await titles(page);

    await page.keyboard.press('e');
    await page.getByRole('button', { name: `Move ${cpu}` }).focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => titles(page)).toEqual([memory, cpu, network]);
    await expect(page.getByText(`${cpu}: place 2 of 3`)).toBeAttached();
    await expect(page.getByRole('button', { name: `Move ${cpu}` })).toBeFocused();
    const before = await panels(page).nth(1).boundingBox();
    await page.keyboard.press('Shift+ArrowRight');
    await expect(page.getByText(`${cpu}: two thirds of the width, 2 rows`)).toBeAttached();
    await expect
      .poll(async () => (await panels(page).nth(1).boundingBox())?.width)
      .toBeGreaterThan(before?.width ?? 0);

    const grip = await page.getByRole('button', { name: `Move ${network}` }).boundingBox();
    const target = await panels(page).first().boundingBox();
    if (!grip || !target) throw new Error('nothing to drag');
    await page.mouse.move(grip.x + 8, grip.y + 8);
    await page.mouse.down();
    await page.mouse.move(target.x + 30, target.y + 60, { steps: 8 });
    await page.mouse.up();
    await expect.poll(() => titles(page)).toEqual([network, memory, cpu]);
    await page.keyboard.press('Escape');

    const url = page.url();
    await page.waitForTimeout(600);
    await page.goto(hub.server.url);
    await page.goto(url);
    await expect.poll(() => titles(page)).toEqual([network, memory, cpu]);
  });

  test('give back what was removed', async ({ page }) => {
    await makeBoard(page, 'Office');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(panels(page)).toHaveCount(1);
    await panels(page)
      .first()
      .getByRole('button', { name: /^More for/ })
      .click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await expect(panels(page)).toHaveCount(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(panels(page)).toHaveCount(1);

    await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByText('No boards yet')).toBeVisible();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect(page.getByRole('link', { name: /Office/ })).toBeVisible();
  });

  test('travel as files, and take none that is not right', async ({ page }) => {
    await makeBoard(page, 'Office');
    await goTo(page, '#/boards');
    await page.evaluate(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
    await page.getByRole('button', { name: 'More for Office' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'Export to file' }).click(),
    ]);
    const text = await readFile(await download.path(), 'utf8');
    const choose = (name: string, contents: string) =>
      page
        .locator('input[type="file"]')
        .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(contents) });
    await choose('office.json', text);
    await expect(page.getByRole('heading', { name: 'Office 2', level: 1 })).toBeVisible();
    await expect(panels(page)).toHaveCount(1);

    await goTo(page, '#/boards');
    await choose('evil.json', text.replace('"width": 6', '"width": 1e9'));
    await expect(page.getByText(/In the file, .* is invalid/)).toBeVisible();
    await expect(page.getByRole('main').locator('[data-board]')).toHaveCount(2);
  });

  test('stay in step in two windows, and ask when both change one at a time', async ({ page, context }) => {
    await makeBoard(page, 'Office');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(panels(page)).toHaveCount(1);
    const other = await context.newPage();
    await other.goto(page.url());
    await expect(other.getByRole('heading', { name: 'Office', level: 1 })).toBeVisible();
    const type = async (where: Page, name: string) => {
      await where.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
      await where.getByRole('menuitem', { name: 'Rename' }).click();
      await where.getByRole('textbox', { name: 'Name' }).fill(name);
    };
    await type(other, 'Theirs');
    await other.keyboard.press('Enter');
    await expect(page.getByRole('heading', { name: 'Theirs', level: 1 })).toBeVisible();

    await type(page, 'One');
    await type(other, 'Two');
    await Promise.all([page.keyboard.press('Enter'), other.keyboard.press('Enter')]);
    const asks = (where: Page) =>
      where.getByRole('alert').filter({ hasText: 'Someone else changed this board' });
    await expect.poll(async () => (await asks(page).count()) + (await asks(other).count())).toBe(1);
    const asked = (await asks(page).count()) === 1 ? page : other;
    const mine = asked === page ? 'One' : 'Two';
    await asked.getByRole('button', { name: 'Use mine' }).click();
    for (const where of [page, other]) {
      await expect(where.getByRole('heading', { name: mine, level: 1 })).toBeVisible();
    }
    await expect(asks(asked)).toHaveCount(0);
  });

  test('fill a screen with nothing but themselves, a clock and the state of the connection', async ({
    page,
  }) => {
    await makeBoard(page, 'Office');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await expect(panels(page)).toHaveCount(1);
    await page.keyboard.press('w');
    await expect(page).toHaveURL(/wall=1/);
    await expect(page.getByRole('navigation')).toHaveCount(0);
    await expect(page.getByRole('main')).toContainText(/\d of \d devices online/);
    await expect(page.getByRole('time')).toHaveText(/^\d\d:\d\d$/);
    await expectToMove(panels(page).first().locator('canvas').first());
    // A pointer left over a chart must neither appear in the picture nor freeze its numbers.
    const legend = panels(page).first().locator('.plot');
    await legend.hover({ position: { x: 80, y: 40 } });
    await expect(page.locator('.chart-page.wall')).toHaveCSS('cursor', 'none');
    await expect(legend).toHaveCSS('pointer-events', 'none');
    await page.mouse.move(5, 5);
    await expect(page.locator('.chart-page.wall')).not.toHaveCSS('cursor', 'none');
    await page.keyboard.press('w');
    await expect(page.getByRole('navigation')).toHaveCount(1);
  });
});
