import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS, TEST_TIMEOUT_MS } from './scripts/lib/patience.mjs';

/** The hub with real programs of others around it; each test says why it is skipped where its program is missing. */
export default defineConfig({
  resolve: { alias: { '@shared': resolve(import.meta.dirname, 'src/shared') } },
  test: {
    include: ['tests/peers/**/*.test.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    expect: { poll: { timeout: PATIENCE_MS, interval: 20 } },
    globalSetup: ['tests/peers/build.ts'],
    // Where connections are left idle on purpose, nothing is computed: another file goes on beside it.
    maxWorkers: 2,
  },
});
