import { card, expect, expectToMove, SPARKLINES, test } from './harness';

test.describe('a device that nobody knows', () => {
  test('waits in the fleet until it is approved', async ({ page, hub }) => {
    hub.startAgent('workbench');
    const waiting = page.getByRole('main').getByRole('region', { name: /Waiting for approval/ });
    await expect(waiting).toContainText('workbench');
    await expect(card(page, 'workbench')).toHaveCount(0);
    await waiting.getByRole('button', { name: 'Approve workbench' }).click();
    const device = card(page, 'workbench');
    await expect(device).toContainText('Online');
    await expectToMove(device.locator(SPARKLINES));
  });

  test('can be turned away', async ({ page, hub }) => {
    hub.startAgent('stranger');
    const main = page.getByRole('main');
    await main.getByRole('button', { name: 'Reject stranger' }).click();
    await expect(main.getByRole('button', { name: 'Reject stranger' })).toHaveCount(0);
    await expect(main.getByRole('button', { name: '1 rejected device' })).toBeVisible();
    await expect(card(page, 'stranger')).toHaveCount(0);
  });

  test('is greeted where devices are added', async ({ page, hub }) => {
    await page.getByRole('button', { name: 'Add device' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Add a device' });
    await expect(dialog.getByRole('img', { name: /QR code/ })).toBeVisible();
    await expect(dialog).toContainText(/wss?:\/\//);
    await expect(dialog).toContainText('Waiting for a device');
    hub.startAgent('newcomer');
    await dialog.getByRole('button', { name: 'Approve newcomer' }).click();
    await expect(dialog).toContainText(/joined/);
    await dialog.getByRole('link', { name: 'Open' }).click();
    await expect(dialog).toBeHidden();
    await expect(page).toHaveURL(/#\/device\//);
    await expectToMove(page.getByRole('main').locator('canvas').first());
  });
});
