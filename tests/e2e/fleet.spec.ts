import type { Page } from '@playwright/test';
import { startCli } from '../../scripts/lib/cli-server.mjs';
import { expect, goTo, test as base } from './harness';

/** A number that fills many screens. */
const DEVICES = 300;

/** A page on a hub with made-up devices. */
const test = base.extend<{ fleet: Page }>({
  fleet: async ({ browser }, use) => {
    const demo = await startCli(['demo', '--devices', String(DEVICES), '--port', '0', '--json']);
    const page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
    await page.goto(demo.url);
    await expect(page.getByRole('main')).toContainText(`${DEVICES} devices`);
    // Some of the devices come and go, and would change places if those that need a person came first.
    await goTo(page, '#/fleet?sort=name');
    await use(page);
    await page.close();
    await demo.stop();
  },
});

interface Name {
  text: string;
  x: number;
  y: number;
}

/** Returns the texts of the elements that a selector finds, with their positions. */
const NAMES = `(selector) => [...document.querySelectorAll(selector)].map((element) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const { x, y } = range.getBoundingClientRect();
  return { text: element.textContent, x: Math.round(x), y: Math.round(y) };
})`;
/** 400 px per frame at 60 frames a second. */
const FLIGHT_PX_PER_MS = 24;
const LIST = `document.querySelector('.page:has(.virtual)')`;

/** Scrolls the list fast up and down for a while, and returns the placeholder names that are visible at the end. */
function fly(page: Page): Promise<Name[]> {
  return page.evaluate<Name[]>(`(async () => {
    const list = ${LIST};
    // The speed is independent of the frame rate, because it decides whether the list shows placeholders.
    let speed = ${FLIGHT_PX_PER_MS};
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < 40; frame++) {
      const now = await new Promise(requestAnimationFrame);
      const before = list.scrollTop;
      list.scrollTop += speed * (now - last);
      if (list.scrollTop === before) speed = -speed;
      last = now;
    }
    // Each frame has a budget for placeholders, so on a busy machine only the last frame before the end has all of them.
    let passing = [];
    for (;;) {
      await new Promise(requestAnimationFrame);
      const names = (${NAMES})('.passing p');
      if (names.length === 0) return passing;
      passing = names;
    }
  })()`);
}

/** Starts counting the placeholder names shown during fast scrolling. */
const COUNT_PASSING = `(() => {
  globalThis.passed = 0;
  new MutationObserver(() => (passed += document.querySelectorAll('.passing p').length)).observe(document.body, { childList: true, subtree: true });
})()`;

function names(page: Page): Promise<Name[]> {
  return page.evaluate<Name[]>(`(${NAMES})('[data-device] .name, a[data-device]:not(:has(.name))')`);
}

function choose(page: Page, layout: string): Promise<void> {
  return page.getByRole('radiogroup', { name: 'Layout' }).getByText(layout).click();
}

const inView = ({ y }: Name): boolean => y > 150 && y < 850;
const byName = (a: Name, b: Name): number => (a.text < b.text ? -1 : 1);

for (const layout of ['Cards', 'Table']) {
  test.describe(`a long fleet as ${layout.toLowerCase()}`, () => {
    test('shows names while it flies by, and at rest the same ones at the same places with all that belongs to them', async ({
      fleet,
    }) => {
      await choose(fleet, layout);
      await expect(fleet.locator('.passing')).toBeAttached();
      // If the page could not run for a moment, the flight ended before it was observed; then it starts again.
      let passed: Name[] = [];
      await expect.poll(async () => (passed = await fly(fleet)).filter(inView).length).toBeGreaterThan(10);
      await expect(fleet.locator('.passing p')).toHaveCount(0);
      expect((await names(fleet)).filter(inView).toSorted(byName)).toEqual(
        passed.filter(inView).toSorted(byName),
      );
    });

    test('is whole at once where it is leafed through', async ({ fleet }) => {
      await choose(fleet, layout);
      await fleet.locator('[data-device]').first().focus();
      await fleet.evaluate(COUNT_PASSING);
      for (let page = 0; page < 3; page++) {
        await fleet.keyboard.press('PageDown');
        // As fast as a person can page.
        await fleet.waitForTimeout(600);
        expect(await fleet.evaluate<number>('passed')).toBe(0);
      }
    });
  });
}

test('the head of the table covers what scrolls under it, up to its own edge', async ({ fleet }) => {
  await choose(fleet, 'Table');
  await expect(fleet.getByRole('row').nth(5)).toBeVisible();
  const distance = await fleet.evaluate<number>(`(() => {
    ${LIST}.scrollTop = 500;
    return document.querySelector('.head').getBoundingClientRect().top - ${LIST}.getBoundingClientRect().top;
  })()`);
  expect(distance).toBe(0);
});

test('a filter leaves what matches, and Escape clears it', async ({ fleet }) => {
  await expect(fleet.locator('[data-device]').first()).toBeVisible();
  const name = (await names(fleet))[5]?.text ?? '';
  await fleet.keyboard.press('/');
  await fleet.keyboard.type(name);
  await expect.poll(async () => (await names(fleet)).every(({ text }) => text.includes(name))).toBe(true);
  expect(await names(fleet)).not.toEqual([]);
  await expect(fleet.getByRole('status').filter({ hasText: `of ${DEVICES}` })).toBeVisible();
  await fleet.keyboard.press('Escape');
  await expect.poll(async () => (await names(fleet)).length).toBeGreaterThan(10);
});

test('its address brings back the list, and a link to another list wins', async ({ fleet }) => {
  await fleet.getByRole('textbox', { name: /Filter devices/ }).fill('kind:board');
  await choose(fleet, 'Table');
  await expect.poll(() => fleet.url()).toContain('q=kind%3Aboard&sort=name&view=table');
  const matches = fleet.getByRole('status').filter({ hasText: `of ${DEVICES}` });
  const before = await matches.textContent();
  await fleet.reload();
  await expect(fleet.getByRole('textbox', { name: /Filter devices/ })).toHaveValue('kind:board');
  await expect(matches).toHaveText(before ?? '');
  await goTo(fleet, '#/fleet?wall=1&q=state%3Aonline');
  await expect(fleet.getByRole('button', { name: 'Leave wall mode' })).toBeVisible();
  await goTo(fleet, '#/fleet?group=kind&view=table');
  await expect(fleet.getByRole('rowgroup', { name: 'Board' })).toBeVisible();
  await expect(fleet.getByRole('textbox', { name: /Filter devices/ })).toHaveValue('');
  expect(fleet.url()).toContain('group=kind');
});
