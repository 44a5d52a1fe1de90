import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, expect, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { expectToMove, SPARKLINES } from '../harness';
import { electronEnvironment, findElectron, whyNoWindow } from '../../../scripts/lib/electron.mjs';

/** Runs where an Electron binary and a display are, and says why where it does not. */

const executablePath = findElectron();
const whyNot =
  whyNoWindow() ??
  (executablePath === null ? 'Electron’s binary was not downloaded (npx install-electron)' : null);
if (whyNot !== null) console.log(`The desktop tests are skipped: ${whyNot}.`);

interface Desktop {
  app: ElectronApplication;
  window: Page;
}

const test = base.extend<{ desktop: Desktop }>({
  // Playwright reads a fixture's dependencies from this pattern, and demands one even where there are none.
  // eslint-disable-next-line no-empty-pattern
  desktop: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'wirewatch-desktop-'));
    const env = Object.entries(electronEnvironment()).filter(
      (entry): entry is [string, string] => !!entry[1],
    );
    const app = await _electron.launch({
      ...(executablePath === null ? {} : { executablePath }),
      args: [resolve('.'), `--user-data-dir=${folder}`, '--port=0'],
      env: Object.fromEntries(env),
    });
    await use({ app, window: await app.firstWindow() });
    await app.close();
    await rm(folder, { recursive: true, force: true });
  },
});

/** What `code` comes to in the page. A page that is just crashing never answers, so the wait has an end. */
function inPage(app: ElectronApplication, code: string): Promise<unknown> {
  return app.evaluate(
    ({ BrowserWindow }, source) =>
      Promise.race([
        BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(source) as Promise<unknown>,
        new Promise((resolve) => setTimeout(() => resolve('no answer'), 500)),
      ]),
    code,
  );
}

test.describe('the desktop app', () => {
  test.skip(whyNot !== null, whyNot ?? '');

  test('watches this computer in a window of its own', async ({ desktop: { window } }) => {
    expect(window.url()).toMatch(/^app:\/\/wirewatch\/index\.html/);
    const sparklines = window.locator(`[data-device] ${SPARKLINES}`).first();
    await expectToMove(sparklines);
  });

  test('gives its page nothing of Node or Electron', async ({ desktop: { window } }) => {
    const seen = await window.evaluate(() => ({
      node: ['require', 'process', 'module', 'Buffer'].filter((name) => name in globalThis),
      bridge: Object.keys((globalThis as unknown as { wirewatch: object }).wirewatch).sort(),
    }));
    expect(seen).toEqual({ node: [], bridge: ['send', 'start'] });
  });

  test('keeps its page inside: no network, no navigation, no windows', async ({
    desktop: { app, window },
  }) => {
    const reached = await window.evaluate(() =>
      fetch('https://example.com/').then(
        () => true,
        () => false,
      ),
    );
    expect(reached).toBe(false);
    await window.evaluate(() => {
      const page = globalThis as unknown as { open(url: string): void; location: { href: string } };
      page.open('https://example.com/');
      page.location.href = 'https://example.com/';
    });
    await window.waitForTimeout(500);
    expect(window.url()).toMatch(/^app:\/\/wirewatch\//);
    expect(app.windows()).toHaveLength(1);
  });

  test('goes on live after a navigation that was refused', async ({ desktop: { app, window } }) => {
    await expectToMove(window.locator(`[data-device] ${SPARKLINES}`).first());
    // Playwright waits for the end of a navigation that never comes, so the page is asked without it.
    const picture = `document.querySelector('[data-device] ${SPARKLINES}').innerHTML`;
    await inPage(app, `location.href = 'https://example.com/'`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const before = await inPage(app, picture);
    await expect.poll(() => inPage(app, picture)).not.toBe(before);
  });

  test('gives its window the background of the theme', async ({ desktop: { app, window } }) => {
    await window.getByRole('link', { name: 'Settings' }).click();
    for (const [theme, background] of [
      ['Dark', '#0B0D10'],
      ['Light', '#F8F9FA'],
    ] as const) {
      await window.getByText(theme, { exact: true }).click();
      await expect
        .poll(() =>
          app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBackgroundColor()),
        )
        .toBe(background);
    }
  });

  test('comes back after its page crashed', async ({ desktop: { app, window } }) => {
    await expect(window.locator('[data-device]').first()).toBeVisible();
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
    });
    await expect.poll(() => inPage(app, `document.querySelector('[data-device]') !== null`)).toBe(true);
  });
});
