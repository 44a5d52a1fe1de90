import { join } from 'node:path';
import { defineConfig, type PlaywrightTestConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.mjs';
import { sandboxFlags } from './scripts/lib/cli-server.mjs';
import { PATIENCE_MS, TEST_TIMEOUT_MS } from './scripts/lib/patience.mjs';

const executablePath = process.env['CHROMIUM_PATH'] ?? (await findChromium()) ?? undefined;

const desktopTests = join(import.meta.dirname, 'tests', 'e2e', 'electron');
/** Tests that look at every screen in many states: they take minutes each, and have a script of their own. */
const screenTests = join(import.meta.dirname, 'tests', 'e2e', 'screens');

/** Patterns are matched against whole paths: one for `electron` would match a checkout below a folder of that name. */
function below(folder: string): RegExp {
  return new RegExp(`^${folder.replace(/[^\w/]/g, '\\$&')}[/\\\\]`);
}

const inBrowser: PlaywrightTestConfig['use'] = {
  browserName: 'chromium',
  viewport: { width: 1440, height: 900 },
  reducedMotion: 'reduce',
  // A screencast would cost as much as most tests.
  trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
  screenshot: 'only-on-failure',
  launchOptions: { executablePath, args: sandboxFlags() },
};

export default defineConfig({
  outputDir: 'test-results/e2e',
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  // A test that passes only now and then is a broken test.
  retries: 0,
  workers: 2,
  timeout: TEST_TIMEOUT_MS,
  expect: { timeout: PATIENCE_MS },
  reporter: 'list',
  projects: [
    {
      name: 'browser',
      testDir: 'tests/e2e',
      testIgnore: [below(desktopTests), below(screenTests)],
      use: inBrowser,
    },
    { name: 'screens', testDir: screenTests, use: inBrowser },
    { name: 'electron', testDir: desktopTests },
  ],
});
