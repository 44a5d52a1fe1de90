import { card, expect, expectToMove, picture, SPARKLINES, test } from './harness';

test.describe('this computer', () => {
  test('is watched from the start, with charts that move', async ({ page }) => {
    const own = page.locator('[data-device]').first();
    await expect(own).toBeVisible();
    await expectToMove(own.locator(SPARKLINES));
  });

  test('has a page whose charts move, by the second and finer', async ({ page }) => {
    await page.locator('[data-device]').first().click();
    const charts = page.getByRole('main').locator('canvas');
    await expect.poll(() => charts.count()).toBeGreaterThan(3);
    await expectToMove(charts.first());
  });

  test('stands still while paused, and catches up', async ({ page }) => {
    const chart = page.locator('[data-device]').first().locator(SPARKLINES);
    await expectToMove(chart);
    await page.getByRole('button', { name: 'Pause' }).click();
    // Pictures are painted in turns: those still waiting are painted after the button was pressed.
    await expect
      .poll(async () => {
        const before = await picture(chart);
        await page.waitForTimeout(600);
        return (await picture(chart)) === before;
      })
      .toBe(true);
    const paused = await picture(chart);
    await page.waitForTimeout(2_500);
    expect(await picture(chart)).toBe(paused);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expectToMove(chart);
  });
});

test.describe('another computer', () => {
  test.use({ serveArgs: ['--admit', 'open'] });

  test('appears when its agent starts, and is said to be offline when it breaks off', async ({
    page,
    hub,
  }) => {
    const agent = hub.startAgent('lab-pi');
    const device = card(page, 'lab-pi');
    await expect(device).toContainText('Online');
    await expectToMove(device.locator(SPARKLINES));
    agent.kill();
    await expect(device).toContainText('Offline');
    await expect(device).toContainText('The connection was lost.');
    await expect(device).toContainText('Last seen');
  });

  test('comes back as the same device', async ({ page, hub }) => {
    hub.startAgent('lab-pi').kill();
    hub.startAgent('lab-pi');
    const device = card(page, 'lab-pi');
    await expect(device).toContainText('Online');
    await expect(device).toHaveCount(1);
  });

  test('is told of when the hub itself is gone', async ({ page, hub }) => {
    hub.startAgent('lab-pi');
    await expect(card(page, 'lab-pi')).toContainText('Online');
    const banner = page.getByRole('main').getByRole('status').filter({ hasText: 'Disconnected' });
    await expect(banner).toHaveCount(0);
    await hub.server.stop();
    await expect(banner).toContainText(/Disconnected\. Showing data from \d\d:\d\d:\d\d\./);
  });
});
