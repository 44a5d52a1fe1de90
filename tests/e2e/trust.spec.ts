import type { Locator, Page } from '@playwright/test';
import { card, expect, test } from './harness';

const waitingList = (page: Page): Locator =>
  page.getByRole('main').getByRole('region', { name: /Waiting for approval/ });

/** Opens the menu on a device's own page and chooses an entry. */
async function choose(page: Page, entry: string): Promise<void> {
  await page.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: entry }).click();
}

test.describe('a device that waits', () => {
  test('shows the digits that its agent shows, and is approved with the keyboard', async ({ page, hub }) => {
    const agent = hub.startAgent('workbench');
    const code = await agent.code();
    expect(code).toMatch(/^\d{6}$/);
    const waiting = waitingList(page);
    await expect(waiting).toContainText(`${code.slice(0, 3)} ${code.slice(3)}`);
    await expect(waiting).toContainText('127.0.0.1');
    await waiting.getByRole('link', { name: 'workbench' }).focus();
    await page.keyboard.press('a');
    await expect(card(page, 'workbench')).toContainText('Online');
    await expect(page.getByRole('dialog')).toHaveCount(0);
  });

  test('is blocked for good, and may ask again once it is unblocked', async ({ page, hub }) => {
    hub.startAgent('stranger');
    const waiting = waitingList(page);
    await waiting.getByRole('button', { name: 'More for stranger' }).click();
    await page.getByRole('menuitem', { name: 'Block…' }).click();
    const question = page.getByRole('dialog', { name: 'Block stranger?' });
    await expect(question).toContainText('127.0.0.1');
    await question.getByRole('button', { name: 'Block' }).click();
    await expect(waiting).toHaveCount(0);
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await page.goto(`${hub.server.url.split('#')[0]}#/settings/trust`);
    const blocked = page.getByRole('region', { name: 'Blocked devices' });
    await expect(blocked).toContainText('stranger');
    await blocked.getByRole('button', { name: 'Unblock stranger' }).click();
    await expect(blocked).toContainText('No devices are blocked.');
  });

  test('of whom there are many can be turned away together', async ({ page, hub }) => {
    for (const name of ['one', 'two', 'three']) hub.startAgent(name);
    const waiting = waitingList(page);
    await expect(waiting.getByRole('button', { name: /^Approve/ })).toHaveCount(3);
    await waiting.getByRole('button', { name: 'Reject all…' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reject all 3' }).click();
    await expect(waiting).toHaveCount(0);
    await expect(page.getByRole('main').getByRole('button', { name: '3 rejected devices' })).toBeVisible();
  });
});

test('a join token is shown once, and lets a device in without asking', async ({ page, hub }) => {
  await page.goto(`${hub.server.url.split('#')[0]}#/settings/trust`);
  const tokens = page.getByRole('region', { name: 'Join tokens' });
  await expect(tokens).toContainText('No join tokens');
  await tokens.getByRole('button', { name: 'New token…' }).click();
  await page.keyboard.type('lab sensors');
  await page.keyboard.press('Enter');
  const shown = page.getByRole('region', { name: 'New join token' });
  await expect(shown).toContainText('It is not shown again');
  await expect(shown.getByRole('img', { name: /QR code/ })).toBeVisible();
  const secret = /wwt_[\w-]+/.exec((await shown.textContent()) ?? '')?.[0] ?? '';
  await expect(shown).toContainText(`--token ${secret}`);
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('body')).not.toContainText(secret);

  hub.startAgent('sensor', ['--token', secret]);
  await expect(tokens.getByRole('row', { name: /lab sensors/ })).toContainText('1 of 10');
  await page.getByRole('link', { name: 'Fleet' }).click();
  await expect(card(page, 'sensor')).toContainText('Online');

  await page.goto(`${hub.server.url.split('#')[0]}#/settings/trust`);
  await tokens.getByRole('button', { name: 'Revoke lab sensors' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(tokens).toContainText('No join tokens');
});

test('a device whose key is revoked has to be approved again', async ({ page, hub }) => {
  hub.startAgent('workbench');
  await page.getByRole('button', { name: 'Approve workbench' }).click();
  await card(page, 'workbench').click();
  const trust = page.getByRole('region', { name: 'Trust' });
  await expect(trust).toContainText('In the app');
  await expect(trust).toContainText('Its own key');
  await choose(page, 'Revoke key…');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  const banner = page.getByRole('region', { name: 'Approval' });
  await expect(banner).toContainText('waits for approval');
  await expect(banner.getByRole('img', { name: /^Code/ })).toBeVisible();
  await banner.getByRole('button', { name: 'Approve' }).click();
  await expect(trust).toBeVisible();
});

test.describe('a browser that may only look', () => {
  test.use({ serveArgs: ['--share-ui', '--host', '0.0.0.0'] });

  test('sees everything and finds nothing to press', async ({ page, hub, browser }) => {
    hub.startAgent('workbench');
    await page.goto(`${hub.server.url.split('#')[0]}#/settings/access`);
    await page.getByRole('button', { name: 'Create link' }).click();
    const link = await page
      .getByRole('button', { name: /^Copy the link: / })
      .first()
      .getAttribute('aria-label');
    const code = /#code=.*$/.exec(link ?? '')?.[0] ?? '';

    const context = await browser.newContext();
    const viewer = await context.newPage();
    await viewer.goto(`http://127.0.0.1:${hub.server.port}/${code}`);
    await expect(viewer.getByText('Viewer', { exact: true })).toBeVisible();
    await expect(waitingList(viewer)).toContainText('workbench');
    await expect(viewer.getByRole('button', { name: /Approve|Reject|Add device/ })).toHaveCount(0);
    await viewer.keyboard.press('a');
    await expect(viewer.getByRole('dialog')).toHaveCount(0);
    await viewer.keyboard.press('Control+k');
    await viewer.keyboard.type('approve');
    await expect(viewer.getByRole('option', { name: /Approve/ })).toHaveCount(0);
    await viewer.keyboard.press('Escape');
    await viewer.getByRole('main').locator('[data-device]').first().click();
    await viewer.getByRole('main').getByRole('button', { name: 'More', exact: true }).click();
    await expect(viewer.getByRole('menuitem', { name: 'Export…' })).toBeVisible();
    await expect(viewer.getByRole('menuitem', { name: /Rename|Remove|Delete|Block/ })).toHaveCount(0);
    await viewer.keyboard.press('Escape');
    await viewer.getByRole('link', { name: 'Settings' }).click();
    await viewer.getByRole('link', { name: 'Devices & trust' }).click();
    await expect(viewer.getByRole('radio', { name: 'Automatic', exact: true })).toBeDisabled();
    await expect(viewer.getByRole('region', { name: 'Join tokens' })).toHaveCount(0);

    const row = page
      .getByRole('region', { name: 'Signed-in browsers' })
      .getByRole('row')
      .filter({ hasText: 'Viewer' });
    await row.getByRole('button', { name: /^Sign out/ }).click();
    await expect(viewer.getByText('This browser is no longer signed in.')).toBeVisible();
    await context.close();
  });
});
