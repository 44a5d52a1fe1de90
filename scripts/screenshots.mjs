import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright';
import { ensureBuild } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { sandboxFlags, startCli } from './lib/cli-server.mjs';
import { inProject } from './lib/project.mjs';

// `npm run screenshots`: every screen of the demo, in both themes, in a narrow window and on a phone, into docs/images.
// With names of screens after `--`, only those: `npm run screenshots -- explore board`. With `--every-size`, every
// screen at four sizes in both themes, into test-results/screenshots, to be looked at.

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const NARROW = { viewport: { width: 900, height: 700 } };
const DESK = { viewport: { width: 1440, height: 900 } };
const WIDE = { viewport: { width: 2560, height: 1440 } };
const FOR_DOCS = [
  { name: 'dark', colorScheme: 'dark', ...DESK },
  { name: 'light', colorScheme: 'light', ...DESK },
  { name: 'narrow', colorScheme: 'dark', ...NARROW },
  { name: 'phone', colorScheme: 'dark', ...PHONE },
];
const EVERY_SIZE = Object.entries({ phone: PHONE, narrow: NARROW, desk: DESK, wide: WIDE }).flatMap(
  ([size, of]) =>
    ['dark', 'light'].map((colorScheme) => ({ name: `${size}-${colorScheme}`, colorScheme, ...of })),
);
/** The time until the charts have something to show, ms. */
const WARM_UP_MS = Number(process.env.WARM_UP_MS ?? 45_000);
const SETTLE_MS = 1_500;
const everySize = process.argv.includes('--every-size');
const VARIANTS = everySize ? EVERY_SIZE : FOR_DOCS;
const FOLDER = everySize ? ['test-results', 'screenshots'] : ['docs', 'images'];
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'));

const SCREENS = [
  { name: 'fleet', open: (page) => goTo(page, '#/fleet') },
  {
    name: 'fleet-table',
    open: (page) => page.keyboard.press('v'),
    close: (page) => page.keyboard.press('v'),
  },
  { name: 'device', open: (page) => openComputer(page) },
  { name: 'explore', open: (page) => explore(page, 'CPU') },
  { name: 'board', open: (page) => openBoard(page) },
  { name: 'connections', open: (page) => goTo(page, '#/connections') },
  {
    name: 'connection',
    open: (page) =>
      goTo(page, '#/connections').then(() => page.getByRole('main').getByRole('row').nth(1).click()),
  },
  {
    name: 'refused',
    open: (page) => goTo(page, '#/connections').then(() => page.getByText(/^Refused/).click()),
    close: (page) => page.getByText(/^Open \d/).click(),
  },
  { name: 'waiting', open: (page) => openWaiting(page) },
  { name: 'settings', open: (page) => goTo(page, '#/settings') },
  { name: 'trust', open: (page) => goTo(page, '#/settings/trust') },
  { name: 'access', open: (page) => goTo(page, '#/settings/access') },
  { name: 'storage', open: (page) => goTo(page, '#/settings/storage') },
  { name: 'audit', open: (page) => goTo(page, '#/settings/audit') },
  { name: 'add-device', open: (page) => goTo(page, '#/add'), close: (page) => page.keyboard.press('Escape') },
  {
    name: 'palette',
    open: (page) => goTo(page, '#/fleet').then(() => page.keyboard.press('Control+k')),
    close: (page) => page.keyboard.press('Escape'),
  },
  {
    name: 'keys',
    open: (page) => goTo(page, '#/fleet').then(() => page.keyboard.press('?')),
    close: (page) => page.keyboard.press('Escape'),
  },
];

await ensureBuild();
const executablePath = await ensureChromium(console.error);
if (!executablePath) {
  console.error('There is no Chromium to take pictures with: set CHROMIUM_PATH.');
  process.exit(1);
}
mkdirSync(inProject(...FOLDER), { recursive: true });
const demo = await startCli(['demo', '--devices', '25', '--port', '0', '--json']);
const browser = await chromium.launch({ executablePath, args: sandboxFlags() });
try {
  console.log(`Letting the demo run for ${WARM_UP_MS / 1_000} s…`);
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  for (const variant of VARIANTS) await shootAll(variant);
} finally {
  await browser.close();
  await demo.stop();
}

async function shootAll({ name: variant, ...options }) {
  const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(demo.url);
  await page.locator('[data-device] svg.sparklines').first().waitFor();
  for (const { name, open, close } of SCREENS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await open(page);
    // The mouse would leave a crosshair or a highlighted row in the picture.
    await page.mouse.move(0, 0);
    await page.waitForTimeout(SETTLE_MS);
    const file = `${name}-${variant}.png`;
    await page.screenshot({ path: inProject(...FOLDER, file) });
    console.log([...FOLDER, file].join('/'));
    await close?.(page);
  }
  await context.close();
}

function goTo(page, hash) {
  return page.evaluate((to) => (globalThis.location.hash = to), hash);
}

/** Opens the first suggestion for a metric. */
async function explore(page, metric) {
  await goTo(page, '#/explore');
  await page.getByRole('button', { name: new RegExp(`^${metric} of all`) }).click();
  await page.getByText('5m', { exact: true }).click();
}

/** Opens a suggested board, which is created the first time. */
async function openBoard(page) {
  await goTo(page, '#/boards');
  const board = page.locator('[data-board] a').first();
  if ((await board.count()) === 0) {
    for (const metric of ['CPU', 'Memory', 'Network', 'Temperature']) {
      await explore(page, metric);
      await page.getByRole('button', { name: 'Add to board…' }).click();
      const dialog = page.getByRole('dialog');
      const known = dialog.getByRole('button', { name: /Overview/ });
      if ((await known.count()) > 0) await known.click();
      else {
        await dialog.getByLabel('Name of the new board').fill('Overview');
        await dialog.getByRole('button', { name: 'Create and add' }).click();
      }
      await dialog.waitFor({ state: 'hidden' });
    }
    await goTo(page, '#/boards');
  }
  await board.click();
  // The messages about what was added disappear by themselves.
  await page.locator('[data-sonner-toast]').waitFor({ state: 'detached', timeout: 20_000 });
}

/** Opens a device that asks for approval; the demo has one. */
async function openWaiting(page) {
  await goTo(page, '#/fleet');
  await page.locator('[data-waiting] a').first().click();
}

/** Opens the first computer of the fleet, because it has the most to show. */
async function openComputer(page) {
  await goTo(page, '#/fleet');
  await page.locator('[data-device]', { hasText: 'CPU' }).first().click();
}
