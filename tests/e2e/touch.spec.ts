import type { CDPSession, Locator, Page } from '@playwright/test';
import { expect, goTo, test } from './harness';

interface Point {
  x: number;
  y: number;
}

/** Moves fingers from one place to another in a few steps. */
async function drag(client: CDPSession, from: Point[], to: Point[]): Promise<void> {
  const STEPS = 8;
  const at = (share: number) =>
    from.map(({ x, y }, i) => ({
      x: x + ((to[i]?.x ?? x) - x) * share,
      y: y + ((to[i]?.y ?? y) - y) * share,
      id: i,
    }));
  await client.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= STEPS; step++) {
    await client.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step / STEPS) });
  }
  await client.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

async function middleOf(plot: Locator): Promise<Point> {
  const box = await plot.boundingBox();
  if (!box) throw new Error('The plot is not on screen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function openExplore(page: Page): Promise<Locator> {
  await goTo(page, '#/explore');
  await page.getByRole('button', { name: /^CPU of/ }).click();
  const plot = page.getByRole('main').locator('.plot').first();
  await expect(plot).toBeVisible();
  return plot;
}

test.describe('with fingers', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a chart is panned with one, zoomed with two, and read with a tap', async ({ page }) => {
    const plot = await openExplore(page);
    const client = await page.context().newCDPSession(page);
    const live = page.getByRole('button', { name: 'Live', exact: true });
    const { x, y } = await middleOf(plot);

    await drag(client, [{ x: x - 60, y }], [{ x: x + 80, y }]);
    await expect(live).toBeVisible();
    await live.click();
    await expect(live).toBeHidden();

    const pinch = [-30, 30].map((dx) => ({ x: x + dx, y }));
    await drag(
      client,
      pinch,
      [-110, 110].map((dx) => ({ x: x + dx, y })),
    );
    await expect(live).toBeVisible();
    await live.click();

    await page.touchscreen.tap(x + 40, y);
    await expect(page.getByRole('columnheader', { name: 'At cursor' })).toBeVisible();
    await page.getByRole('heading', { level: 1 }).tap();
    await expect(page.getByRole('columnheader', { name: 'At cursor' })).toBeHidden();
  });

  test('a connection has the page to itself, and Back leads to the list', async ({ page }) => {
    await page.getByRole('link', { name: 'Connections' }).tap();
    const list = page.getByRole('grid', { name: 'Connections' });
    await list.getByRole('row').nth(1).tap();
    await expect(page.getByText('Handshake').first()).toBeVisible();
    await expect(list).toBeHidden();
    await page.goBack();
    await expect(list).toBeVisible();
    await list.getByRole('row').nth(1).tap();
    await page.getByRole('main').getByRole('link', { name: 'Connections' }).tap();
    await expect(list).toBeVisible();
  });
});

test('the folded sidebar and the density are remembered', async ({ page }) => {
  const rail = page.getByRole('navigation', { name: 'Main' });
  await expect(rail.getByText('Devices', { exact: true })).toBeVisible();
  await page.keyboard.press('Control+b');
  await expect(rail.getByText('Devices', { exact: true })).toBeHidden();
  await goTo(page, '#/settings');
  await page.getByText('Compact', { exact: true }).click();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-density', 'compact');
  await expect(rail).toBeVisible();
  await expect(rail.getByText('Devices', { exact: true })).toBeHidden();
  await page.keyboard.press('Control+b');
  await expect(rail.getByText('Devices', { exact: true })).toBeVisible();
});

test('names in scripts that the system lacks get glyphs, from the hub alone', async ({ page, hub }) => {
  const elsewhere: string[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).host !== new URL(hub.server.url).host) elsewhere.push(request.url());
  });
  hub.startAgent('🧊 冷凍庫');
  await expect(page.getByRole('button', { name: 'Approve 🧊 冷凍庫' })).toBeVisible();
  const loaded = () =>
    page.evaluate<string[]>(
      `[...document.fonts].filter((font) => font.status === 'loaded').map((font) => font.family.replaceAll('"', ''))`,
    );
  await expect.poll(loaded).toContain('Noto Emoji Variable');
  expect(elsewhere).toEqual([]);
});
