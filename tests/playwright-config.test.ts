import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

const A_TEST = "import { test } from '@playwright/test';\ntest('passes', () => undefined);\n";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wirewatch-checkout-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('finds browser and desktop tests by their folders, also where the project lies below one named electron', () => {
  const checkout = join(folder, 'electron', 'wirewatch');
  mkdirSync(checkout, { recursive: true });
  for (const part of ['package.json', 'playwright.config.ts', 'scripts']) {
    cpSync(resolve(part), join(checkout, part), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(checkout, 'node_modules'), 'junction');
  for (const file of [
    'tests/e2e/one.spec.ts',
    'tests/e2e/electron/two.spec.ts',
    'tests/e2e/screens/three.spec.ts',
  ]) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    writeFileSync(join(checkout, file), A_TEST);
  }
  const cli = resolve('node_modules/@playwright/test/cli.js');
  // A browser that is named is not searched for.
  const env = { ...process.env, NO_COLOR: '1', CHROMIUM_PATH: process.execPath };
  const options = { cwd: checkout, env, encoding: 'utf8' } as const;
  const listed = execFileSync(process.execPath, [cli, 'test', '--list', '--reporter=json'], options);
  const { suites } = JSON.parse(listed) as {
    suites: { file: string; specs: { tests: { projectName: string }[] }[] }[];
  };
  const found = suites.map(({ file, specs }) => [
    specs.flatMap(({ tests }) => tests.map(({ projectName }) => projectName)).join(),
    file.split(/[\\/]/).at(-1),
  ]);
  expect(found).toEqual([
    ['browser', 'one.spec.ts'],
    ['screens', 'three.spec.ts'],
    ['electron', 'two.spec.ts'],
  ]);
});
