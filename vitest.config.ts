import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { PATIENCE_MS, TEST_TIMEOUT_MS } from './scripts/lib/patience.mjs';

/** Those that put something in the place of a module, change what holds for a whole process, or start programs and wait. */
const OWN_PROCESS = [
  'src/main/electron/**/*.test.ts',
  'src/**/*.dst.test.ts',
  'src/agent/agent.test.ts',
  'src/agent/command.test.ts',
  'src/agent/collectors/portable/*.test.ts',
  'src/agent/spool/kill.test.ts',
  'src/main/runtime.test.ts',
  'src/main/hub/history/worker-store-failures.test.ts',
];

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    alias: { '@shared': resolve(import.meta.dirname, 'src/shared') },
  },
  test: {
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    expect: { poll: { timeout: PATIENCE_MS, interval: 20 } },
    // Many wait more than they compute, so three share two cores well; by itself the runner leaves one idle.
    maxWorkers: 3,
    projects: [
      {
        // Most touch nothing but what they make themselves: a process of its own for each would cost more than the tests.
        extends: true,
        test: { name: 'shared', include: ['src/**/*.test.ts'], exclude: OWN_PROCESS, isolate: false },
      },
      {
        extends: true,
        test: {
          name: 'own process',
          include: ['tests/integration/**/*.test.ts', 'tests/*.test.ts', ...OWN_PROCESS],
        },
      },
    ],
  },
});
