import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(resolve(PROJECT, file), 'utf8');

it('the package brings the licence, and the notices of every library and font that it contains', () => {
  const script =
    "import { writeNotices } from './scripts/lib/notices.mjs'; process.stdout.write(writeNotices());";
  const path = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  const notices = readFileSync(path, 'utf8');
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
  // Bundled, installed, and used by way of others; fonts.
  const bundled = ['svelte', 'chart.js', 'bits-ui', '@lucide/svelte', 'qrcode', 'dns-packet'];
  const fonts = ['@fontsource-variable/inter', '@fontsource-variable/jetbrains-mono'];
  for (const name of [...Object.keys(dependencies), ...bundled, ...fonts]) {
    expect(notices).toContain(`\n## ${name} `);
  }
  expect(notices.match(/SIL OPEN FONT LICENSE/gi)?.length).toBeGreaterThanOrEqual(2);
  expect(notices).not.toContain('undefined');
  const builder = read('electron-builder.yml');
  expect(builder).toMatch(/^files:(?:\n {2}.*)*\n {2}- LICENSE$/m);
  expect(builder).toMatch(/^extraResources:\n {2}- LICENSE\n {2}- from: out\/THIRD-PARTY-NOTICES\.md$/m);
});
