import { expect, test } from './harness';

test.describe('the keyboard alone', () => {
  test.beforeEach(async ({ page }) => {
    await expect(page.locator('[data-device]').first()).toBeVisible();
  });

  test('opens the palette, finds a page and goes there', async ({ page }) => {
    await page.keyboard.press('Control+k');
    const palette = page.getByRole('dialog');
    await expect(palette).toBeVisible();
    await page.keyboard.type('connections');
    await page.keyboard.press('Enter');
    await expect(palette).toBeHidden();
    await expect(page.getByRole('heading', { name: 'Connections', level: 1 })).toBeVisible();
  });

  test('closes the palette and gives the focus back', async ({ page }) => {
    await page.getByRole('link', { name: 'Settings' }).focus();
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await expect(page.getByRole('link', { name: 'Settings' })).toBeFocused();
  });

  test('lists its keys', async ({ page }) => {
    await page.keyboard.press('?');
    const list = page.getByRole('dialog');
    await expect(list).toContainText('Pause and resume');
    await expect(list).toContainText('Search and commands');
  });

  test('pauses and resumes', async ({ page }) => {
    await page.keyboard.press('Space');
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible();
    await page.keyboard.press('Space');
    await expect(page.getByRole('button', { name: 'Pause' })).toBeVisible();
  });

  test('goes from page to page and opens a device', async ({ page }) => {
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
    await page.keyboard.press('g');
    await page.keyboard.press('f');
    const device = page.getByRole('main').locator('[data-device]').first();
    await device.focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/device\//);
  });
});
