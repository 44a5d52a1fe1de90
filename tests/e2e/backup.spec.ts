import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expect, test } from './harness';

/** Chromium's own dialog for saving cannot be driven; without it the file arrives as a download. */
async function withoutPicker(page: Page): Promise<void> {
  await page.evaluate('window.showSaveFilePicker = undefined');
}

test('a backup is saved from Settings, with its secrets sealed', async ({ page, hub }) => {
  await page.goto(`${hub.server.url.split('#')[0] ?? ''}#/settings/storage`);
  await withoutPicker(page);
  await page.getByRole('button', { name: 'Back up…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Back up' });
  const save = dialog.getByRole('button', { name: 'Save' });

  await dialog.getByLabel('Passphrase', { exact: true }).fill('short');
  await expect(dialog.getByRole('alert')).toHaveText('8 to 256 characters.');
  await expect(save).toBeDisabled();
  await dialog.getByLabel('Passphrase', { exact: true }).fill('correct horse');
  await dialog.getByLabel('Repeat the passphrase').fill('correct hors');
  await expect(dialog.getByRole('alert')).toHaveText('They differ.');
  await dialog.getByLabel('Repeat the passphrase').fill('correct horse');

  const downloading = page.waitForEvent('download');
  await save.click();
  const file = await downloading;
  expect(file.suggestedFilename()).toMatch(/^wirewatch-[\dT-]+\.backup$/);
  const bytes = await readFile(await file.path());
  expect(bytes.toString('latin1', 0, 16)).toBe('WIREWATCH BACKUP');
  expect(bytes.includes('"cipher":"aes-256-gcm"')).toBe(true);
  expect(bytes.includes('PRIVATE KEY')).toBe(false);
  await expect(dialog).toBeHidden();
  await expect(page.getByText(/^Saved .*B\.$/)).toBeVisible();

  await page.getByRole('link', { name: 'Audit log' }).click();
  await expect(page.getByText('Made a backup with history, with sealed secrets.')).toBeVisible();
});

for (const theme of ['dark', 'light'] as const) {
  for (const [width, height] of [
    [1440, 900],
    [900, 700],
    [390, 844],
  ] as const) {
    test(`the dialog fits, ${theme}, ${width} × ${height}`, async ({ page, hub }) => {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height });
      await page.goto(`${hub.server.url.split('#')[0] ?? ''}#/settings/storage`);
      const button = page.getByRole('button', { name: 'Back up…' });
      await button.scrollIntoViewIfNeeded();
      await page.screenshot({ path: test.info().outputPath('section.png') });
      await button.click();
      const dialog = page.getByRole('dialog', { name: 'Back up' });
      await dialog.getByLabel('Passphrase', { exact: true }).fill('correct horse');
      await expect(dialog.getByRole('button', { name: 'Save' })).toBeInViewport({ ratio: 1 });
      const box = await dialog.boundingBox();
      expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
      await page.screenshot({ path: test.info().outputPath('dialog.png') });
    });
  }
}
