import { expect, goTo, test } from './harness';

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

  test('goes on in the page that a device’s card led to', async ({ page }) => {
    const device = page.getByRole('main').locator('[data-device]').first();
    await device.focus();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/device\//);
    await expect(page.getByRole('main')).toBeFocused();
  });

  test('is back at the button that opened a form when the form is left', async ({ page }) => {
    await goTo(page, '#/settings/trust');
    const opener = page.getByRole('button', { name: 'New token…' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Cancel' }).focus();
    await page.keyboard.press('Enter');
    await expect(opener).toBeFocused();
  });
});

test.describe('the list of devices beside every page', () => {
  test.use({ serveArgs: ['--admit', 'open'] });

  test('is one stop for Tab, and the arrow keys go through it', async ({ page, hub }) => {
    hub.startAgent('anna');
    hub.startAgent('bert');
    const devices = page.getByRole('list', { name: 'Devices' }).getByRole('link');
    await expect(devices).toHaveCount(3);
    const tabStops = devices.and(page.locator('[tabindex="0"]'));
    await expect(tabStops).toHaveCount(1);
    await devices.first().focus();
    await page.keyboard.press('ArrowDown');
    await expect(devices.nth(1)).toBeFocused();
    await expect(tabStops).toHaveCount(1);
    await page.keyboard.press('End');
    await expect(devices.last()).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page).toHaveURL(/#\/device\//);
  });
});
