import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright';
import { ensureBuild } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { startCli } from './lib/cli-server.mjs';
import { inProject } from './lib/project.mjs';

// `npm run screenshots`: every screen of the demo, dark and light, into docs/images.

const SIZE = { width: 1440, height: 900 };
const NARROW = { width: 900, height: 700 };
/** Long enough for a chart to have something to show. */
const WARM_UP_MS = 20_000;

await ensureBuild();
const executablePath = await ensureChromium((what) => console.error(what));
if (!executablePath) {
  console.error('There is no Chromium to take pictures with: set CHROMIUM_PATH.');
  process.exit(1);
}
const folder = inProject('docs', 'images');
mkdirSync(folder, { recursive: true });
const demo = await startCli(['demo', '--devices', '25', '--port', '0', '--json']);
const browser = await chromium.launch({ executablePath, args: sandboxFlags() });
try {
  await new Promise((resolve) => setTimeout(resolve, WARM_UP_MS));
  for (const theme of ['dark', 'light']) await shoot(theme, SIZE, '');
  await shoot('dark', NARROW, '-narrow');
} finally {
  await browser.close();
  await demo.stop();
}
