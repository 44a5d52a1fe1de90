import type { Page } from '@playwright/test';
import { startHostileDevice } from '../fakes/hostile-device';
import { settle, violations } from './axe';
import { expect, test } from './harness';

/** Collects all effects of an attacker's texts on the page; every list must be empty. */
const FOUND = `(() => {
  const text = document.body.innerText + [...document.querySelectorAll('[title],[aria-label]')]
    .map((element) => element.title + element.getAttribute('aria-label')).join('');
  const inside = (element) => {
    for (let at = element.parentElement; at; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== 'visible') return true;
    }
    return false;
  };
  const out = [...document.querySelectorAll('body *')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1 && !inside(element);
  });
  // Text of one cell that overlaps the next.
  const over = [...document.querySelectorAll('[role=cell], td')].filter((cell) => {
    return getComputedStyle(cell).overflowX === 'visible' && cell.scrollWidth > cell.clientWidth + 1;
  });
  return {
    ran: 'hacked' in window,
    markup: [...document.querySelectorAll('img[src="x"], script:not([src])')].map((one) => one.outerHTML),
    characters: text.match(/[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u200b\\u202a-\\u202e\\u2066-\\u2069]/g) ?? [],
    wider: document.documentElement.scrollWidth > innerWidth,
    out: [...out, ...over].map((one) => one.outerHTML.slice(0, 120)),
  };
})()`;

const softly = expect.configure({ soft: true });
const UNHARMED = { ran: false, markup: [], characters: [], wider: false, out: [] };

async function expectUnharmed(page: Page, screen: string): Promise<void> {
  await test.step(screen, async () => {
    await settle(page);
    for (const size of [
      { width: 1440, height: 900 },
      { width: 900, height: 700 },
    ]) {
      await page.setViewportSize(size);
      // Charts adopt the new size one frame later.
      const found = () => page.evaluate(FOUND);
      await softly.poll(found, { message: `${screen} at ${size.width}` }).toEqual(UNHARMED);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  });
}

/**
 * Expects a screen to have no violations. This is slow, and other tests check every screen; here it is used for those
 * that show most of a device's texts.
 */
async function expectAccessible(page: Page, screen: string): Promise<void> {
  expect.soft(await violations(page), screen).toEqual([]);
}

test.describe('a device whose every word is an attack', () => {
  test.use({ serveArgs: ['--no-local-agent'] });

  test('is shown as text, within its place, on every screen', async ({ page, hub }) => {
    test.slow();
    const device = await startHostileDevice(hub.server.port);
    const main = page.getByRole('main');
    const waiting = main.getByRole('region', { name: /Waiting for approval/ });
    await expect(waiting).toContainText(device.name);
    await expectUnharmed(page, 'waiting for approval');
    await page.keyboard.press('a');
    await expect(page.getByRole('dialog')).toContainText(device.name);
    await expectUnharmed(page, 'Add device');
    await page.keyboard.press('Escape');
    await waiting.getByRole('button', { name: /^Approve =HYPER/ }).click();
    await expect(main.locator('[data-device]').first()).toContainText('Online');
    await expectUnharmed(page, 'Fleet');
    await expectAccessible(page, 'Fleet');
    await page.keyboard.press('v');
    await expectUnharmed(page, 'Fleet as a table');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toContainText(device.name);
    await expectUnharmed(page, 'the palette');
    await page.keyboard.press('Escape');

    await page.goto(`${hub.server.url}/#/connections`);
    await main.getByRole('row').filter({ hasText: device.name }).click();
    await expectUnharmed(page, 'Connections and one connection');
    await expectAccessible(page, 'Connections and one connection');

    await page.goto(`${hub.server.url}/#/device/hostile`);
    await expect.poll(() => main.locator('canvas').count()).toBeGreaterThan(3);
    await expectUnharmed(page, 'Device');
    await expectAccessible(page, 'Device');
    await main.getByRole('button', { name: 'Processes' }).click();
    await expect(main.getByRole('table')).toContainText(device.name);
    await expectUnharmed(page, 'its processes');
    await main.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Export…' }).click();
    await expectUnharmed(page, 'an export');
    await page.keyboard.press('Escape');
    device.close();
    await expect(main).toContainText('Offline');
    await expectUnharmed(page, 'Device that left');
    await page.goto(`${hub.server.url}/#/connections`);
    await main.getByText(/^Ended/).click();
    await main.getByRole('row').filter({ hasText: device.name }).click();
    await expectUnharmed(page, 'a connection that ended');
  });
});
