import type { Page } from '@playwright/test';
import { expect, test } from './harness';
import { importPast } from './past';

const range = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
const choose = (page: Page, name: string) => page.getByText(name, { exact: true }).click();

test.describe('the past of a device', () => {
  test.beforeEach(async ({ page, hub }) => {
    await importPast(page, hub);
    await page.goto(`http://127.0.0.1:${hub.server.port}/#/device/kiln?range=24h`);
    await expect(page.getByRole('main').locator('canvas').first()).toBeVisible();
  });

  test('is there at any range, and forward and back, and the address says where', async ({ page }) => {
    await expect(range(page, '24h')).toBeChecked();
    await expect(range(page, '7d')).toBeEnabled();
    await expect(range(page, '30d')).toBeDisabled();
    // The value at the right edge comes from the store's answer.
    await expect(page.getByRole('figure').first()).toContainText(/\d °C|\d.°C/);

    await page.keyboard.press('Shift+ArrowLeft');
    await expect(page).toHaveURL(/range=24h&to=/);
    const live = page.getByRole('button', { name: 'Return to live' });
    await expect(live).toBeVisible();
    const moved = page.url();

    await choose(page, '7d');
    await expect(page).toHaveURL(/range=7d$/);
    await expect(live).toBeHidden();
    await page.goBack();
    await expect(page).toHaveURL(moved);
    await page.reload();
    await expect(range(page, '24h')).toBeChecked();
    await live.click();
    await expect(page).toHaveURL(/range=24h$/);
  });

  test('can be any two moments', async ({ page }) => {
    await page.getByRole('button', { name: 'Custom' }).click();
    const dialog = page.getByRole('dialog', { name: 'Custom range' });
    await dialog.getByLabel('From').fill('2026-03-12T08:00:00');
    await dialog.getByLabel('To').fill('2026-03-12T07:00:00');
    await dialog.getByRole('button', { name: 'Show' }).click();
    await expect(dialog.getByRole('alert')).toContainText('after the start');
    await dialog.getByRole('button', { name: 'Yesterday' }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/from=.*&to=/);
    await expect(page.getByRole('button', { name: 'Return to live' })).toBeVisible();
  });

  test('takes notes, which can be changed, deleted and brought back', async ({ page }) => {
    const list = page.getByRole('region', { name: 'Events', exact: true });
    await page.keyboard.press('n');
    await page.getByRole('textbox', { name: 'Note' }).fill('Fired the first batch');
    await page.keyboard.press('Enter');
    const note = list.getByRole('listitem').filter({ hasText: 'Fired the first batch' });
    await expect(note).toBeVisible();

    await note.hover();
    await note.getByRole('button', { name: 'Edit note' }).click();
    await list.getByRole('textbox', { name: 'Note' }).fill('Fired the second batch');
    await page.keyboard.press('Enter');
    const changed = list.getByRole('listitem').filter({ hasText: 'Fired the second batch' });
    await expect(changed).toBeVisible();

    await changed.hover();
    await changed.getByRole('button', { name: 'Delete note' }).click();
    await expect(changed).toBeHidden();
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(changed).toBeVisible();
    await page.reload();
    await expect(changed).toBeVisible();
  });

  test('can be taken away as a file', async ({ page }) => {
    // Without a save dialog, the file arrives as a download.
    await page.evaluate(() => Reflect.set(globalThis, 'showSaveFilePicker', undefined));
    await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Export kiln' });
    const arriving = page.waitForEvent('download');
    await dialog.getByRole('button', { name: 'Export', exact: true }).click();
    expect((await arriving).suggestedFilename()).toMatch(/^kiln-.*\.csv$/);
    await expect(dialog).toContainText(/Done: \d/);
  });

  test('can be deleted', async ({ page }) => {
    await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Delete data…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete data' }).click();
    await expect(page.getByText('The data of kiln was deleted')).toBeVisible();
    await expect(page.getByRole('main')).toContainText('It has never sent a value');
  });
});

test.describe('storage', () => {
  test('says what is on disk, and how long it is kept', async ({ page, hub }) => {
    await importPast(page, hub);
    await page.goto(`http://127.0.0.1:${hub.server.port}/#/settings/storage`);
    const storage = page.getByRole('region', { name: 'Storage' });
    await expect(storage.getByRole('row', { name: /All files/ })).toContainText('iB');
    await expect(storage).toContainText('of 5 GiB');
    await expect(storage.getByRole('img', { name: /^On disk: .*iB, Free .*GiB$/ })).toBeVisible();
    await storage.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await expect(storage).toContainText('of 6 GiB');

    await storage.getByRole('combobox', { name: 'Full resolution' }).click();
    await page.getByRole('option', { name: '14 days' }).click();
    await page.reload();
    await expect(storage).toContainText('14 days');
  });

  test.describe('in memory only', () => {
    test.use({ serveArgs: ['--store', 'memory'] });

    test('says so, and offers no longer ranges', async ({ page }) => {
      await page.locator('[data-device]').first().click();
      await expect(range(page, '15m')).toBeEnabled();
      await expect(range(page, '1h')).toBeDisabled();
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('link', { name: 'Storage' }).click();
      await expect(page.getByRole('region', { name: 'Storage' })).toContainText('No history is kept on disk');
    });
  });
});
