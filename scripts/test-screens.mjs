import { build } from './lib/build.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { takeOver } from './lib/processes.mjs';
import { inProject, requireNode } from './lib/project.mjs';

// `npm run test:screens`: looks at every screen at every size, in both themes and in forced colours, without its hub, and
// at charts pixel by pixel. It takes as long as all other browser tests together.

const node = requireNode();
const chromium = await ensureChromium((what) => console.log(`      ${what}`));
const { ok, output } = await build();
if (!ok || !chromium) {
  console.log(ok ? 'FAILED: no Chromium was found and none could be installed; set CHROMIUM_PATH' : output);
  process.exitCode = 1;
} else {
  const cli = inProject('node_modules', '@playwright', 'test', 'cli.js');
  const args = [cli, 'test', '--project', 'screens', '--reporter=list', ...process.argv.slice(2)];
  const ended = await takeOver(node, args, { env: { ...process.env, CHROMIUM_PATH: chromium } });
  process.exitCode = ended.code ?? 1;
}
