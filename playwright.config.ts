import { defineConfig } from '@playwright/test';
import { findChromium } from './scripts/lib/chromium.mjs';
import { sandboxFlags } from './scripts/lib/cli-server.mjs';

const executablePath = process.env['CHROMIUM_PATH'] ?? (await findChromium()) ?? undefined;

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/e2e',
  fullyParallel: true,
  forbidOnly: process.env['CI'] !== undefined,
  // A test that passes only now and then is a broken test.
  retries: 0,
  workers: 2,
  // They end what hangs; a busy machine takes several times as long as a quiet one and is no fault.
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  projects: [
    {
      name: 'browser',
      testIgnore: 'electron/**',
      use: {
        browserName: 'chromium',
        viewport: { width: 1440, height: 900 },
        reducedMotion: 'reduce',
        // A screencast would cost as much as most tests.
        trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
        screenshot: 'only-on-failure',
        launchOptions: { executablePath, args: sandboxFlags() },
      },
    },
    { name: 'electron', testMatch: 'electron/**/*.spec.ts' },
  ],
});
